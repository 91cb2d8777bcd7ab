/*
 * sidestep: reads one chat message and says, with reasons that point at its bytes, whether it steers people off the platform or trades in what must
 * not be traded. Two calls to a verdict:
 *
 *   sidestep_filter_new(options, &filter, error);      once: load packs
 *   sidestep_scanner_new(filter, &scanner);            once a thread
 *   int32_t action = sidestep_scan(scanner, text, len);   each message; below 0: a code
 *
 * Codes are int32_t: 0 and more is an answer, below 0 a failure. Unknown negative numbers are failures too. Texts are UTF-8 as pointer and length; NULL is
 * legal where the length is 0. The library writes to no stream, starts no thread, reads no clock, and reads files only in sidestep_filter_new and
 * sidestep_filter_reload. Under "Contract" stands what the library cannot check: pointers that are not NULL must be alive.
 */

#ifndef SIDESTEP_H
#define SIDESTEP_H

#include <stddef.h>
#include <stdint.h>
/* The version of this header. */
#define SIDESTEP_VERSION_MAJOR 0
#define SIDESTEP_VERSION_MINOR 1
#define SIDESTEP_VERSION_PATCH 0
#define SIDESTEP_VERSION "0.1.0"


// The ABI that this header describes; sidestep_abi_version() says which one the library has.
#define SIDESTEP_ABI_VERSION 1

// Done.
#define SIDESTEP_OK 0

// A pointer is NULL or misaligned where it must not be, a length or a number is out of range, or a name is not UTF-8.
#define SIDESTEP_ERROR_ARGUMENT -1

// The packs were refused; the error object lists every fault.
#define SIDESTEP_ERROR_PACKS -2

// Another thread is in a call with the same scanner; nothing was done.
#define SIDESTEP_ERROR_BUSY -3

// A fault of the library itself was caught; nothing is known of the message. The handle may be used further.
#define SIDESTEP_ERROR_PANIC -4

// The scanner holds no verdict: nothing was scanned yet, the last scan failed, or it was a batch.
#define SIDESTEP_ERROR_NO_VERDICT -5

// The caller's buffer is too small; the size needed was written.
#define SIDESTEP_ERROR_BUFFER -6

// Offsets of a batch are negative, fall, or lead past the data; nothing was judged.
#define SIDESTEP_ERROR_OFFSETS -7

// There is no such thing.
#define SIDESTEP_ERROR_NOT_FOUND -8

// The library was built without what is asked for.
#define SIDESTEP_ERROR_UNSUPPORTED -9

// A row of a batch that is null: it was not judged.
#define SIDESTEP_ACTION_NONE -1

// Deliver.
#define SIDESTEP_ACTION_ALLOW 0

// Deliver, and tell the sender.
#define SIDESTEP_ACTION_WARN 1

// Deliver, and queue for a person.
#define SIDESTEP_ACTION_REVIEW 2

// Do not deliver.
#define SIDESTEP_ACTION_BLOCK 3

// Bytes of a message that are read; the rest is left unread.
#define SIDESTEP_LIMIT_MESSAGE_BYTES 1

// Work units that a message may cost for each of its bytes.
#define SIDESTEP_LIMIT_WORK_PER_BYTE 2

// Work units that even the shortest message may cost.
#define SIDESTEP_LIMIT_WORK_BASE 3

// Findings kept for one message.
#define SIDESTEP_LIMIT_FINDINGS 4

// The message was longer than is read.
#define SIDESTEP_REACHED_MESSAGE_BYTES 1

// The work budget ran out.
#define SIDESTEP_REACHED_WORK 2

// There were more findings than are kept.
#define SIDESTEP_REACHED_FINDINGS 4

// A pattern with look-around took too many steps and was given up.
#define SIDESTEP_REACHED_BACKTRACK_STEPS 8

// Why a call failed. Made and freed by the caller; any call that takes one overwrites it.
typedef struct sidestep_error sidestep_error;

// Loaded packs: reference-counted, shared by threads, replaceable while scanners run.
typedef struct sidestep_filter sidestep_filter;

// Which packs to load and with which bounds: opaque, filled by setters.
typedef struct sidestep_options sidestep_options;

// Judges messages, one after another: one scanner per thread.
typedef struct sidestep_scanner sidestep_scanner;

// UTF-8 text, not ended by a NUL. ptr is NULL where there is none.
typedef struct sidestep_text {
  // First byte.
  const char *ptr;
  // Bytes.
  size_t len;
} sidestep_text;

// One reason of a verdict. Its texts live as long as the array it is in.
typedef struct sidestep_finding {
  // Byte offset in the message as the caller passed it.
  size_t start;
  // Byte offset just past the end.
  size_t end;
  // The rule's id.
  struct sidestep_text rule;
  // The rule's category.
  struct sidestep_text category;
  // The term as the pack writes it, the identifier's kind, or the rule's id.
  struct sidestep_text matched;
  // The identifier's canonical value; ptr is NULL where there is none.
  struct sidestep_text value;
  // Points that it adds.
  double weight;
  // How the text hid: bit n is the disguise that sidestep_evasion_name(n) names.
  uint32_t evasion;
  // Zero in this version.
  uint32_t reserved0;
  // Zero in this version: room for findings that reach into earlier messages of a conversation.
  uint64_t reserved[2];
} sidestep_finding;

// A category's part of a verdict. Its name lives as long as the array it is in.
typedef struct sidestep_category {
  // The category.
  struct sidestep_text name;
  // Points.
  double score;
  // SIDESTEP_ACTION_... that the points ask for.
  int32_t action;
  // Zero in this version.
  uint32_t reserved0;
} sidestep_category;

#ifdef __cplusplus
extern "C" {
#endif // __cplusplus

// The ABI that the library has. Compare with SIDESTEP_ABI_VERSION: equal is compatible; the number goes up only when something is taken away or changed.
// Any thread.
uint32_t sidestep_abi_version(void);

// The library's version, such as "0.1.0", ended by a NUL. Static: never freed. Any thread.
const char *sidestep_version(void);

// What a code means, in a few words, ended by a NUL. Static: never freed. Any number is legal. Any thread.
const char *sidestep_code_name(int32_t code);

// The name of an action: "allow", "warn", "review", "block". Static: never freed. Any number is legal. Any thread.
const char *sidestep_action_name(int32_t action);

// The name of the disguise that has this bit in the evasion of a finding, bits counted from 0; SIDESTEP_ERROR_NOT_FOUND past the last one.
// The name is static: never freed. Any thread.
//
// Contract:
// name is NULL (answered with SIDESTEP_ERROR_ARGUMENT) or may be written.
int32_t sidestep_evasion_name(uint32_t bit, struct sidestep_text *name);

// A new error object, empty. The caller owns it and frees it with sidestep_error_free. May be used for any number of calls, by one thread at a time.
// NULL only after a fault of the library itself.
struct sidestep_error *sidestep_error_new(void);

// Frees an error object and the texts in it. NULL is legal and does nothing.
//
// Contract:
// error is NULL or from sidestep_error_new, and is not used after, nor by another thread meanwhile.
void sidestep_error_free(struct sidestep_error *error);

// The code of the call that was last given this object; SIDESTEP_ERROR_ARGUMENT for NULL.
//
// Contract:
// error is NULL or a live error object that no other thread changes meanwhile.
int32_t sidestep_error_code(const struct sidestep_error *error);

// Why the call failed, for a log: each fault of the packs with its file, line, column and mend. After a call that worked: warnings of the loader.
// Ended by a NUL; empty where there is nothing to say; never NULL. Owned by the error object: valid until it is given to another call or freed.
//
// Contract:
// error is NULL (an empty text) or a live error object that no other thread changes meanwhile.
const char *sidestep_error_text(const struct sidestep_error *error);

// The faults or warnings as JSON, one object a line: code, severity, place (file, start, end, line, column), message, help. Empty where the code says all.
// Ended by a NUL; never NULL. Owned by the error object: valid until it is given to another call or freed.
//
// Contract:
// error is NULL (an empty text) or a live error object that no other thread changes meanwhile.
const char *sidestep_error_json(const struct sidestep_error *error);

// New options: the shipped packs, the default bounds. The caller owns them and frees them with sidestep_options_free; a filter keeps nothing of them.
// One thread at a time. NULL only after a fault of the library itself.
struct sidestep_options *sidestep_options_new(void);

// Frees options. NULL is legal and does nothing.
//
// Contract:
// options is NULL or from sidestep_options_new, and is not used after, nor by another thread meanwhile.
void sidestep_options_free(struct sidestep_options *options);

// Whether the shipped packs are loaded too, before others: any number but 0 for yes, which is the default.
//
// Contract:
// options is NULL (answered with SIDESTEP_ERROR_ARGUMENT) or live options that no other thread uses meanwhile.
int32_t sidestep_options_set_builtin(struct sidestep_options *options, int32_t on);

// Adds a pack file, or a folder of which all *.toml are read, to be loaded in the order added. UTF-8, copied; it is read when a filter is made or reloaded.
//
// Contract:
// options is NULL (answered with SIDESTEP_ERROR_ARGUMENT) or live options that no other thread uses meanwhile; path points to len bytes, or len is 0.
int32_t sidestep_options_add_path(struct sidestep_options *options,
                                  const char *path,
                                  size_t len);

// Adds a file from memory: a pack, or, where its name ends in .terms, .values or .words, a list that a pack names. Name (UTF-8) and content are copied.
// Options take files from memory or paths, not both.
//
// Contract:
// options is NULL (answered with SIDESTEP_ERROR_ARGUMENT) or live options that no other thread uses meanwhile; name and content point to as many bytes as is
// said, or are NULL with length 0.
int32_t sidestep_options_add_source(struct sidestep_options *options,
                                    const char *name,
                                    size_t name_len,
                                    const char *content,
                                    size_t content_len);

// Packs as sidestep_filter_compile or the command `sidestep compile` wrote them: ready in a twentieth of the time that their sources take. They stand alone:
// the shipped packs are not loaded beside them, and with packs by path or from memory a filter is refused with SIDESTEP_ERROR_ARGUMENT. Bytes of another
// version of the library, or damaged ones, are refused with SIDESTEP_ERROR_PACKS when a filter is made: load the sources then. Copied; len 0 takes them out
// again.
//
// Contract:
// options is NULL (answered with SIDESTEP_ERROR_ARGUMENT) or live options that no other thread uses meanwhile; compiled points to len bytes, or len is 0.
int32_t sidestep_options_set_compiled(struct sidestep_options *options,
                                      const char *compiled,
                                      size_t len);

// Sets a bound, one of SIDESTEP_LIMIT_...; SIDESTEP_ERROR_ARGUMENT for another number, or a value that does not fit.
//
// Contract:
// options is NULL (answered with SIDESTEP_ERROR_ARGUMENT) or live options that no other thread uses meanwhile.
int32_t sidestep_options_set_limit(struct sidestep_options *options, int32_t limit, uint64_t value);

// Loads packs and makes a filter of them. Takes milliseconds to a second: not on a thread that must answer. options may be NULL: the shipped packs, default
// bounds. On failure *filter is NULL and error, if not NULL, says why. The caller holds one reference and gives it back with sidestep_filter_release.
// The filter may be used by any number of threads at once.
//
// Contract:
// options is NULL or live options; filter is NULL (answered with SIDESTEP_ERROR_ARGUMENT) or may be written; error is NULL or a live error object; no other
// thread uses options or error meanwhile.
int32_t sidestep_filter_new(const struct sidestep_options *options,
                            const struct sidestep_filter **filter,
                            struct sidestep_error *error);

// Takes another reference, to be given back with sidestep_filter_release, and answers the same pointer. NULL is legal and answered with NULL. Any thread.
//
// Contract:
// filter is NULL or a filter to which somebody holds a reference.
const struct sidestep_filter *sidestep_filter_retain(const struct sidestep_filter *filter);

// Gives a reference back; the last one frees the filter. Scanners hold one of their own, so filter and scanners may go in any order. NULL is legal and does
// nothing. Any thread.
//
// Contract:
// filter is NULL or a filter to which the caller holds a reference, which is not used after.
void sidestep_filter_release(const struct sidestep_filter *filter);

// Loads packs anew and puts them in place: scanners of this filter use them from their next call on; a call under way ends with the packs it began with.
// On failure the packs before go on and error, if not NULL, says why. Any thread, scanners may run; it does not hold them up. A scanner that idles keeps the
// packs that it last used in memory until its next call; a scan of an empty message is enough.
//
// Contract:
// filter is NULL (answered with SIDESTEP_ERROR_ARGUMENT) or a live filter; options is NULL (the shipped packs) or live options; error is NULL or a live error
// object; no other thread uses options or error meanwhile.
int32_t sidestep_filter_reload(const struct sidestep_filter *filter,
                               const struct sidestep_options *options,
                               struct sidestep_error *error);

// Writes how many times the packs were replaced. Any thread.
//
// Contract:
// filter is NULL or a live filter, generation is NULL or may be written; NULL is answered with SIDESTEP_ERROR_ARGUMENT.
int32_t sidestep_filter_generation(const struct sidestep_filter *filter, uint64_t *generation);

// Writes what is loaded into the caller's buffer, as one JSON object: engine, generation, heap_bytes, packs (id, version, hash), categories (thresholds).
// Ended by a NUL. *needed becomes the bytes needed, the NUL counted; SIDESTEP_ERROR_BUFFER if the buffer has fewer: it is then left alone. Any thread.
//
// Contract:
// filter is NULL (answered with SIDESTEP_ERROR_ARGUMENT) or a live filter; buffer points to size bytes, or size is 0; needed is NULL (not wanted) or may be
// written.
int32_t sidestep_filter_describe(const struct sidestep_filter *filter,
                                 char *buffer,
                                 size_t size,
                                 size_t *needed);

// Writes the packs in the compiled form that sidestep_options_set_compiled takes, into the caller's buffer: bytes, about as many as the filter takes on the
// heap, with no NUL at the end. *needed becomes the bytes needed; SIDESTEP_ERROR_BUFFER if the buffer has fewer: it is then left alone. A reload between two
// calls may change the size. Any thread.
//
// Contract:
// filter is NULL (answered with SIDESTEP_ERROR_ARGUMENT) or a live filter; buffer points to size bytes, or size is 0; needed is NULL (not wanted) or may be
// written.
int32_t sidestep_filter_compile(const struct sidestep_filter *filter,
                                char *buffer,
                                size_t size,
                                size_t *needed);

// Writes what the packs want told to the sender of a message of a category, in a language (BCP 47), its base language or English; SIDESTEP_ERROR_NOT_FOUND
// where the packs have no such text. Buffer as in sidestep_filter_describe. Any thread.
//
// Contract:
// filter is NULL (answered with SIDESTEP_ERROR_ARGUMENT) or a live filter; category, language and buffer point to as many bytes as is said, or are NULL with
// length 0; needed is NULL (not wanted) or may be written.
int32_t sidestep_filter_notice(const struct sidestep_filter *filter,
                               const char *category,
                               size_t category_len,
                               const char *language,
                               size_t language_len,
                               char *buffer,
                               size_t size,
                               size_t *needed);

// A scanner for a filter. The caller owns it and frees it with sidestep_scanner_free; it keeps the filter alive. For one thread at a time: a call while
// another thread is in one is answered with SIDESTEP_ERROR_BUSY. On failure *scanner is NULL.
//
// Contract:
// filter is NULL or a live filter, scanner is NULL or may be written; NULL is answered with SIDESTEP_ERROR_ARGUMENT.
int32_t sidestep_scanner_new(const struct sidestep_filter *filter,
                             struct sidestep_scanner **scanner);

// Frees a scanner and the verdict in it. NULL is legal. SIDESTEP_ERROR_BUSY if another thread is in a call with it: then nothing is freed.
//
// Contract:
// scanner is NULL or from sidestep_scanner_new, and is not used after SIDESTEP_OK.
int32_t sidestep_scanner_free(struct sidestep_scanner *scanner);

// Judges one message: SIDESTEP_ACTION_..., or a negative code. Any bytes are legal: NUL, and ill-formed UTF-8, which is read as U+FFFD. The message is not kept.
// What the last scan handed out is no longer valid after.
//
// Contract:
// scanner is NULL (answered with SIDESTEP_ERROR_ARGUMENT) or a live scanner; message points to len bytes that nobody writes meanwhile, or len is 0.
int32_t sidestep_scan(const struct sidestep_scanner *scanner,
                      const char *message,
                      size_t len);

// The action of the last scan once more, or a negative code.
//
// Contract:
// scanner is NULL (answered with SIDESTEP_ERROR_ARGUMENT) or a live scanner.
int32_t sidestep_verdict_action(const struct sidestep_scanner *scanner);

// Writes the points of the last scan, of all categories together.
//
// Contract:
// scanner is NULL or a live scanner, score is NULL or may be written; NULL is answered with SIDESTEP_ERROR_ARGUMENT.
int32_t sidestep_verdict_score(const struct sidestep_scanner *scanner, double *score);

// Writes which bounds the last message met, as SIDESTEP_REACHED_... bits. What was found up to there stands.
//
// Contract:
// scanner is NULL or a live scanner, bits is NULL or may be written; NULL is answered with SIDESTEP_ERROR_ARGUMENT.
int32_t sidestep_verdict_limits(const struct sidestep_scanner *scanner, uint32_t *bits);

// Writes where the findings of the last scan are, by place in the message, and how many. Owned by the scanner: they and their texts are valid until its next
// scan, or until it is freed. Never NULL; nothing is there to read where the count is 0.
//
// Contract:
// scanner is NULL or a live scanner, findings and count are NULL or may be written; NULL is answered with SIDESTEP_ERROR_ARGUMENT.
int32_t sidestep_verdict_findings(const struct sidestep_scanner *scanner,
                                  const struct sidestep_finding **findings,
                                  size_t *count);

// Writes where the categories of the last scan are that have points, by name, and how many. Owner and lifetime as in sidestep_verdict_findings.
//
// Contract:
// scanner is NULL or a live scanner, categories and count are NULL or may be written; NULL is answered with SIDESTEP_ERROR_ARGUMENT.
int32_t sidestep_verdict_categories(const struct sidestep_scanner *scanner,
                                    const struct sidestep_category **categories,
                                    size_t *count);

// Writes where the verdict of the last scan is as one JSON object, ended by a NUL that len does not count. It names the message's own words: treat it as the
// message. Owner and lifetime as in sidestep_verdict_findings.
//
// Contract:
// scanner is NULL or a live scanner, json and len are NULL or may be written; NULL is answered with SIDESTEP_ERROR_ARGUMENT.
int32_t sidestep_verdict_json(const struct sidestep_scanner *scanner,
                              const char **json,
                              size_t *len);

// Judges the rows of a column as Arrow lays it out (Utf8 or Binary): row i is the bytes of data from offset i up to offset i + 1, for i from first up to
// first + rows. validity has one bit a row, least significant first, bit i for row i; NULL: no row is null. The k-th row judged, from 0, is written to place k
// of actions, as SIDESTEP_ACTION_..., and of scores; either may be NULL: not wanted. A null row gets SIDESTEP_ACTION_NONE and 0. All rows are judged by the
// same packs. All offsets are checked before: SIDESTEP_ERROR_OFFSETS, and nothing is written, where one is negative, falls, or leads past the data. No verdict
// stays in the scanner.
//
// Contract:
// scanner is NULL (answered with SIDESTEP_ERROR_ARGUMENT) or a live scanner; data points to data_len bytes, or data_len is 0; offsets to first + rows + 1
// numbers; validity is NULL or points to (first + rows + 7) / 8 bytes; actions and scores are NULL or have room for rows numbers; nobody writes the inputs
// meanwhile, and no output overlaps another array. Where rows is 0 nothing but scanner is looked at.
int32_t sidestep_scan_batch32(const struct sidestep_scanner *scanner,
                              const uint8_t *data,
                              size_t data_len,
                              const int32_t *offsets,
                              const uint8_t *validity,
                              size_t first,
                              size_t rows,
                              int8_t *actions,
                              double *scores);

// As sidestep_scan_batch32, for 64-bit offsets (LargeUtf8 or LargeBinary).
//
// Contract:
// As sidestep_scan_batch32.
int32_t sidestep_scan_batch64(const struct sidestep_scanner *scanner,
                              const uint8_t *data,
                              size_t data_len,
                              const int64_t *offsets,
                              const uint8_t *validity,
                              size_t first,
                              size_t rows,
                              int8_t *actions,
                              double *scores);

#ifdef __cplusplus
}  // extern "C"
#endif  // __cplusplus

#endif  /* SIDESTEP_H */
