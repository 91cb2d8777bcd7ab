/* Packs that the tests load from memory: small, so that every verdict is known. */
#ifndef PACKS_H
#define PACKS_H

#define PACK_HEAD "[pack]\nid = 'test'\nversion = '1'\nengine = '>=0.1'\n"
#define PACK_RULE(term, weight)                                                                                                            \
    "[[rule]]\nid = 'diversion.test." term "'\ncategory = 'diversion'\nweight = " weight "\nterms = ['" term "']\nmatch = ['" term          \
    "']\nno_match = ['a']\n"

/* 8 points, so one word alone blocks. */
static const char pack_zorbchat[] = PACK_HEAD "[notice.diversion]\nen = 'Please stay here.'\nde = 'Bitte bleiben Sie hier.'\n" PACK_RULE(
    "zorbchat", "8") "[[rule]]\nid = 'contact.test.phone'\ncategory = 'contact'\nweight = 3\nentity = 'phone'\nmatch = ['+1 415 555 0132']\nno_match = ['a']\n";
static const char pack_quuxgram[] = PACK_HEAD PACK_RULE("quuxgram", "8");
static const char pack_both[] = PACK_HEAD PACK_RULE("zorbchat", "4") PACK_RULE("quuxgram", "4");
static const char pack_broken[] = PACK_HEAD "[[rule]]\nid = 'diversion.test.x'\ncategory = 'diversion'\nweigth = 3\nterms = ['zorbchat']\n";

#endif
