//! `sidestep lint`, and how refused packs are shown by every command. In: packs. Out: each fault with the lines it stands in.

use crate::Outcome;
use crate::args::{Colour, DocFormat, LintArgs};
use crate::engine;
use crate::failure::Failure;
use crate::paint::Paint;
use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet};
use serde::Serialize;
use sidestep::diagnostic::{Diagnostic, Severity, SourceText};

/// What `--format json` writes.
#[derive(Serialize)]
struct Report<'d> {
    errors: usize,
    warnings: usize,
    /// Faults beyond the bound on what is reported.
    left_out: usize,
    diagnostics: &'d [Diagnostic],
}

pub fn run(args: &LintArgs, paint: Paint) -> Result<Outcome, Failure> {
    let today = args.today.clone().unwrap_or_else(crate::date::today);
    let found = engine::lint(&args.paths, args.with_builtin || args.paths.is_empty(), &today);
    let of = |severity| found.diagnostics.iter().filter(|d| d.severity == severity).count();
    let (errors, warnings) = (of(Severity::Error), of(Severity::Warning));
    match args.format {
        DocFormat::Json => {
            let report = Report { errors, warnings, left_out: found.left_out, diagnostics: &found.diagnostics };
            crate::print(&format!("{}\n", serde_json::to_string_pretty(&report).unwrap_or_default()))?;
        }
        DocFormat::Text => {
            let mut out: String = found.diagnostics.iter().map(|d| render(d, &found.sources, paint.is_on()) + "\n\n").collect();
            if found.left_out > 0 {
                out.push_str(&format!("and {} more\n", found.left_out));
            }
            out.push_str(&format!("{errors} errors, {warnings} warnings\n"));
            crate::print(&out)?;
        }
    }
    Ok(if errors > 0 {
        Outcome::Faulty
    } else if warnings > 0 && args.deny_warnings {
        Outcome::Found
    } else {
        Outcome::Clean
    })
}

/// Writes why a command could not do its work to standard error.
pub fn report_failure(failure: &Failure, colour: Colour) {
    let colour = match colour {
        Colour::Always => true,
        Colour::Never => false,
        Colour::Auto => anstream::AutoStream::choice(&std::io::stderr()) != anstream::ColorChoice::Never,
    };
    if let Failure::Packs(error) = failure {
        for diagnostic in &error.diagnostics {
            eprintln!("{}\n", render(diagnostic, &error.sources, colour));
        }
        if error.left_out > 0 {
            eprintln!("and {} more", error.left_out);
        }
    }
    eprintln!("sidestep: {failure}");
}

/// One fault with the lines around it; without the file's text, the place alone.
fn render(d: &Diagnostic, sources: &[SourceText], colour: bool) -> String {
    let level = match d.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
    };
    let title = level.primary_title(&d.message).id(d.code);
    let renderer = if colour { Renderer::styled() } else { Renderer::plain() };
    let source = sources.iter().find(|s| s.name == d.place.file).filter(|s| s.text.is_char_boundary(d.place.start));
    let group = match source {
        Some(source) => {
            let end = (d.place.end.min(source.text.len())..=source.text.len())
                .find(|&at| source.text.is_char_boundary(at))
                .unwrap_or(d.place.start);
            let span = d.place.start..end.max(d.place.start);
            title.element(Snippet::source(&*source.text).path(&*d.place.file).annotation(AnnotationKind::Primary.span(span)))
        }
        None => {
            let place = format!("{}:{}:{}", d.place.file, d.place.line, d.place.column);
            return renderer.render(&[title.element(Level::NOTE.message(place)).element(Level::HELP.message(&d.help))]).to_string();
        }
    };
    renderer.render(&[group.element(Level::HELP.message(&d.help))]).to_string()
}

#[cfg(test)]
mod tests {
    use super::render;
    use sidestep::diagnostic::{Diagnostic, FileSpan, Severity, SourceText};

    fn fault(start: usize, end: usize) -> Diagnostic {
        let place = FileSpan { file: "a.toml".into(), start, end, line: 2, column: 10 };
        Diagnostic {
            code: "E012",
            severity: Severity::Error,
            place,
            message: "weight 0 is out of range".into(),
            help: "write 1 to 100".into(),
        }
    }

    #[test]
    fn shows_the_line_the_place_and_the_mend() {
        let sources = [SourceText { name: "a.toml".into(), text: "[[rule]]\nweight = 0\n".into() }];
        let shown = render(&fault(18, 19), &sources, false);
        for part in ["error[E012]: weight 0 is out of range", "a.toml:2:10", "weight = 0", "help: write 1 to 100"] {
            assert!(shown.contains(part), "{part} in\n{shown}");
        }
    }

    #[test]
    fn places_at_and_past_the_end_or_without_text_are_shown_too() {
        let sources = [SourceText { name: "a.toml".into(), text: "é".into() }];
        for (start, end) in [(0, 1), (2, 2), (1, 2), (7, 9)] {
            assert!(render(&fault(start, end), &sources, true).contains("weight 0"));
            assert!(render(&fault(start, end), &[], false).contains("a.toml:2:10"));
        }
    }
}
