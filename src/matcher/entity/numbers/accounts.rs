//! Payment cards and bank accounts. In: groups that are no telephone number. Out: hits. Keeps: check digits are right, or words near by say what it is. Must not
//! know: telephone numbers.

use super::context::Context;
use super::groups::{Stretch, Window, sep};
use super::judge::{Judge, range};
use crate::matcher::entity::tables::mean;
use crate::matcher::entity::{EntityKind, Finding, checks};
use std::ops::{Range, RangeInclusive};

/// Digits of a card's number.
const CARD_DIGITS: RangeInclusive<usize> = 13..=19;
/// Digits of a card's number or an account's, with the bank's.
const DIGITS: RangeInclusive<usize> = 9..=22;
/// How sure an account is, and a card without and with a word that says so, and what a word against it takes from the former.
const ACCOUNT: u8 = 80;
const CARD: u8 = 62;
const NAMED_CARD: u8 = 92;
const CARD_AGAINST: u8 = 40;

impl Judge<'_, '_> {
    /// Hands over a card or a bank account; `false` where the groups are none.
    pub(super) fn account(&mut self, window: Window) -> bool {
        let Some(stretch) = Stretch::of(self.run, window).filter(|s| DIGITS.contains(&s.len())) else { return false };
        let near = self.search.means_near(stretch.first.first, stretch.last.last);
        let context = Context::of(self.search, stretch.groups);
        let found = card(&stretch, near, &context).map(|confidence| (EntityKind::Card, confidence));
        let account = || (near & mean::BANK != 0 && is_account(&stretch)).then_some((EntityKind::BankAccount, ACCOUNT));
        let Some((kind, confidence)) = found.or_else(account) else { return false };
        let Range { start, end } = range(self.search, &stretch).unwrap_or_default();
        let evasion = self.search.text.evidence(start..end);
        let value = self.search.out.value_of(&[stretch.digits]);
        self.search.out.push(Finding { kind, start, end, confidence, evasion }, value);
        true
    }
}

/// How sure it is that these are a card's number; `None` where they are none.
fn card(stretch: &Stretch<'_>, near: u32, context: &Context) -> Option<u8> {
    if !CARD_DIGITS.contains(&stretch.len()) || !checks::card(stretch.digits) {
        return None;
    }
    if near & mean::CARD != 0 {
        return Some(NAMED_CARD);
    }
    let sure = if context.against { CARD - CARD_AGAINST } else { CARD };
    (context.near & mean::AGAINST == 0 && is_tidy(stretch)).then_some(sure)
}

/// In one piece, in groups such as stand on a card, or digit by digit.
fn is_tidy(stretch: &Stretch<'_>) -> bool {
    stretch.count() == 1
        || stretch.groups.iter().all(|g| (3..=6).contains(&g.len) && g.sep & !(sep::SPACE | sep::DASH) == 0)
        || stretch.groups.iter().all(|g| g.words > 0 || g.len == 1)
}

fn is_account(stretch: &Stretch<'_>) -> bool {
    match stretch.len() {
        18 if checks::clabe(stretch.digits) => true,
        22 if checks::cbu(stretch.digits) => true,
        9 if checks::routing(stretch.digits) => true,
        _ => sort_code(stretch),
    }
}

/// A sort code and an account, or a routing number and an account, in either order: `12-34-56 acc 12345678`, however the digits are spaced or told.
fn sort_code(stretch: &Stretch<'_>) -> bool {
    let pair = |split: usize| {
        let (bank, account) = stretch.digits.split_at_checked(split).unwrap_or(("", ""));
        (bank.len(), account.len()) == (6, 8)
            || (bank.len(), account.len()) == (8, 6)
            || (6..=17).contains(&account.len()) && bank.len() == 9 && checks::routing(bank)
    };
    let told = stretch.groups.iter().skip(1).any(|g| g.sep & sep::WORDS != 0 && pair(g.at - stretch.first.at));
    let tidy = || match stretch.count() {
        2 => pair(stretch.first.len),
        4 => stretch.is(&[2, 2, 2, 8]) || stretch.is(&[8, 2, 2, 2]),
        _ => false,
    };
    told || tidy()
}
