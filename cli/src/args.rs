//! The command line. In: words. Out: typed options. Must not know: what the commands do.

use clap::{Args, Parser, Subcommand, ValueEnum};
use std::num::NonZeroUsize;
use std::path::PathBuf;

/// Judges chat messages: who steers others off the platform, shares contacts, or trades in what must not be traded, however the words are hidden.
#[derive(Debug, Parser)]
#[command(name = "sidestep", version, about, after_help = "Exit status: 0 all well, 1 something flagged or failed, 2 an error.")]
pub struct Cli {
    /// Colour in what is written for people.
    #[arg(long, global = true, value_enum, default_value_t = Colour::Auto)]
    pub color: Colour,
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Colour {
    /// On a terminal, unless NO_COLOR is set.
    Auto,
    Always,
    Never,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Judge messages: one per line, plain or as JSON objects with "text".
    Scan(ScanArgs),
    /// Show how one message comes to its verdict: what was undone, which rules fired, which nearly did, and the sum.
    Explain(ExplainArgs),
    /// Show what the text stage makes of each line.
    Fold(FoldArgs),
    /// Check packs and name every fault with its line and its mend.
    Lint(LintArgs),
    /// Run every inline example of the packs through the whole program.
    Test(TestArgs),
    /// Measure recall, precision and false positives on labelled messages, or on disguises made by itself.
    Audit(AuditArgs),
    /// Learn points of words for a category from labelled messages, and write them as a file of word points.
    Learn(LearnArgs),
    /// Write the packs in the compiled form that `scan --compiled` starts from at once.
    Compile(CompileArgs),
    /// Write the rule catalogue from the packs, as Markdown.
    Catalogue(CatalogueArgs),
}

/// Which rules judge.
#[derive(Debug, Clone, Args)]
pub struct RuleArgs {
    /// A pack file, or a folder of packs, to add to the shipped ones. May be given several times.
    #[arg(long = "rules", value_name = "PATH")]
    pub rules: Vec<PathBuf>,
    /// Leave the shipped packs out.
    #[arg(long)]
    pub no_builtin: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum LineFormat {
    /// For people.
    Text,
    /// One JSON object per message, in the order of the messages.
    Jsonl,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum DocFormat {
    /// For people.
    Text,
    /// One JSON document.
    Json,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ReportFormat {
    /// Tables for people.
    Text,
    /// One JSON document.
    Json,
    /// One self-contained page.
    Html,
}

#[derive(Debug, Args)]
#[command(after_help = "Exit status: 0 nothing flagged, 1 something flagged (warn or more), 2 an error.\n\
A line that is a JSON object with \"text\" may also hold \"id\", \"conv\", \"turn\", \"sender\" and \"at\"; any other line is a message as it stands, \
named by its line number. Bytes that are not UTF-8 are judged as they are.")]
pub struct ScanArgs {
    #[command(flatten)]
    pub rules: RuleArgs,
    /// Judge by the packs that `sidestep compile` wrote to this file, and by no others.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["rules", "no_builtin"])]
    pub compiled: Option<PathBuf>,
    #[arg(long, value_enum, default_value_t = LineFormat::Text)]
    pub format: LineFormat,
    /// Load the packs of --rules again when their files change, while messages are read. Packs with faults are told of and the ones before go on.
    #[arg(long, requires = "rules")]
    pub watch: bool,
    /// Threads that judge; the order of the lines is kept. Default: as many as there are processors.
    #[arg(long, value_name = "N")]
    pub threads: Option<NonZeroUsize>,
    /// Files of messages; `-` or none: standard input.
    #[arg(value_name = "FILE")]
    pub files: Vec<PathBuf>,
}

#[derive(Debug, Args)]
#[command(after_help = "Exit status: 0 not flagged, 1 flagged (warn or more), 2 an error.")]
pub struct ExplainArgs {
    #[command(flatten)]
    pub rules: RuleArgs,
    #[arg(long, value_enum, default_value_t = DocFormat::Text)]
    pub format: DocFormat,
    /// The message; left out: standard input, as a whole.
    pub text: Option<String>,
}

#[derive(Debug, Args)]
pub struct FoldArgs {
    #[arg(long, value_enum, default_value_t = LineFormat::Text)]
    pub format: LineFormat,
    /// Files of messages; `-` or none: standard input.
    #[arg(value_name = "FILE")]
    pub files: Vec<PathBuf>,
}

#[derive(Debug, Args)]
#[command(after_help = "Exit status: 0 clean, 1 warnings only and --deny-warnings, 2 errors.")]
pub struct LintArgs {
    #[arg(long, value_enum, default_value_t = DocFormat::Text)]
    pub format: DocFormat,
    /// Let warnings fail the command.
    #[arg(long)]
    pub deny_warnings: bool,
    /// The day that `review_by` is held against, YYYY-MM-DD. Default: today, UTC.
    #[arg(long, value_name = "DATE", value_parser = crate::date::parse)]
    pub today: Option<String>,
    /// Check PATHs as additions to the shipped packs, whose ids are taken and may be referred to.
    #[arg(long)]
    pub with_builtin: bool,
    /// Pack files or folders of packs; none: the shipped packs.
    #[arg(value_name = "PATH")]
    pub paths: Vec<PathBuf>,
}

#[derive(Debug, Args)]
#[command(after_help = "Exit status: 0 all passed, 1 some failed, 2 an error.")]
pub struct TestArgs {
    #[command(flatten)]
    pub rules: RuleArgs,
    /// Also name the rules whose examples prove nothing: no `match` line that the rule decides, or no `no_match` line at all.
    #[arg(long)]
    pub strength: bool,
    #[arg(long, value_enum, default_value_t = DocFormat::Text)]
    pub format: DocFormat,
}

#[derive(Debug, Args)]
#[command(after_help = "The file serves this version of sidestep only; after an update compile again.")]
pub struct CompileArgs {
    #[command(flatten)]
    pub rules: RuleArgs,
    /// Where to write.
    #[arg(long, short, value_name = "FILE")]
    pub output: PathBuf,
}

#[derive(Debug, Args)]
pub struct CatalogueArgs {
    #[command(flatten)]
    pub rules: RuleArgs,
    /// Where to write; left out: standard output.
    #[arg(long, short, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// Write nothing; exit with 1 when FILE is not what would be written.
    #[arg(long, requires = "output")]
    pub check: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Listed {
    /// Messages that should have been flagged and were not (with --category: in that category).
    Missed,
    /// Messages that were flagged and should not have been (with --category: in that category).
    Flagged,
    /// Caught, but some expected category was not found.
    Partial,
    /// All.
    All,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum HalfArg {
    Odd,
    Even,
    All,
}

#[derive(Debug, Args)]
#[command(after_help = "Exit status: 0 measured, 2 an error. The labelled formats are described in docs/AUDIT.md.")]
pub struct AuditArgs {
    #[command(flatten)]
    pub rules: RuleArgs,
    #[arg(long, value_enum, default_value_t = ReportFormat::Text)]
    pub format: ReportFormat,
    /// Name messages instead of reporting figures; by default those with odd id numbers and those without a number.
    #[arg(long, value_enum, value_name = "WHICH")]
    pub list: Option<Listed>,
    /// Which half of the ids --list may show.
    #[arg(long, value_enum, requires = "list")]
    pub half: Option<HalfArg>,
    /// List only what concerns this category.
    #[arg(long, requires = "list")]
    pub category: Option<String>,
    /// List only messages in this language.
    #[arg(long, requires = "list")]
    pub lang: Option<String>,
    /// Disguise the packs' own examples, and the labelled messages of FILEs, in every known way and measure what is still seen.
    #[arg(long)]
    pub evade: bool,
    /// Seed of the disguises.
    #[arg(long, default_value_t = 1, value_name = "N")]
    pub seed: u64,
    /// How many messages of each labelled file --evade disguises.
    #[arg(long, default_value_t = 300, value_name = "N")]
    pub sample: usize,
    /// Threads that judge. Default: as many as there are processors.
    #[arg(long, value_name = "N")]
    pub threads: Option<NonZeroUsize>,
    /// Labelled files: JSON lines, or the case tables that docs/AUDIT.md names.
    #[arg(value_name = "FILE", required_unless_present = "evade")]
    pub files: Vec<PathBuf>,
}

#[derive(Debug, Args)]
#[command(
    after_help = "Exit status: 0 learned, 2 an error. Same files, same options: same points. The labelled format is described in docs/AUDIT.md."
)]
pub struct LearnArgs {
    /// The category: messages that expect it are to reach the points, all others are not.
    pub category: String,
    /// Labelled files: JSON lines.
    #[arg(value_name = "FILE", required = true)]
    pub files: Vec<PathBuf>,
    /// A file of ordinary messages, harmless whatever their labels. May be given several times.
    #[arg(long, value_name = "FILE")]
    pub harmless: Vec<PathBuf>,
    /// Which half of the ids to take from the files of --harmless; the other one is left to be measured.
    #[arg(long, value_enum, default_value_t = HalfArg::All, requires = "harmless")]
    pub harmless_half: HalfArg,
    /// How closely the points follow the messages: more gives more words and more points.
    #[arg(long, default_value_t = 1.0, value_name = "X", value_parser = positive)]
    pub strength: f64,
    /// A word or pair counts only when it stands in so many messages.
    #[arg(long, default_value_t = 3, value_name = "N")]
    pub least_messages: usize,
    /// Words that get no points, such as those that only invented messages have.
    #[arg(long, value_name = "WORD", value_delimiter = ',')]
    pub without: Vec<String>,
    /// The most points of a word or pair; more than two of them are asked for in any case.
    #[arg(long, default_value_t = 3.0, value_name = "POINTS", value_parser = positive)]
    pub most: f64,
    /// Ask for so many points that at most one in N of the messages of --harmless reaches them, by what is learned without these.
    #[arg(long, default_value_t = NonZeroUsize::new(10_000).unwrap_or(NonZeroUsize::MIN), value_name = "N")]
    pub one_in: NonZeroUsize,
}

fn positive(number: &str) -> Result<f64, String> {
    number.parse().ok().filter(|&x: &f64| x.is_finite() && x > 0.0).ok_or_else(|| "a number above 0 is asked for".to_owned())
}
