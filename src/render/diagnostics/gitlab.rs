//! Diagnostics as GitLab's code quality report: a list of findings, shown in merge requests.
//!
//! Source: GitLab's documentation, "Code Quality", section "Code Quality report format".

use serde::Serialize;

use crate::diagnostic::Diagnostic;
use crate::diagnostic::Severity;
use crate::render::diagnostics::forge;
use crate::render::diagnostics::forge::Forge;

/// One finding.
#[derive(Debug, Serialize)]
pub(crate) struct Finding {
    /// What was found, and what to do.
    description: String,
    /// The rule's id.
    check_name: &'static str,
    /// Its name from one report to the next; different for each.
    fingerprint: String,
    /// `critical`, `minor` or `info`.
    severity: &'static str,
    /// Where.
    location: Location,
}

/// A place, as far as a report can tell it.
#[derive(Debug, Serialize)]
struct Location {
    path: String,
    lines: Lines,
}

/// Lines from 1; the last one belongs to them.
#[derive(Debug, Serialize)]
struct Lines {
    begin: u32,
    end: u32,
}

/// The report.
pub(crate) fn report(diagnostics: &[Diagnostic], forge: &Forge<'_>) -> Vec<Finding> {
    let finding = |(diagnostic, fingerprint): (&Diagnostic, String)| {
        let (begin, end) = diagnostic.place.map_or((1, 1), |place| {
            (place.span.line.max(1), place.span.end_line.max(place.span.line).max(1))
        });
        Finding {
            description: forge::sentence(diagnostic),
            check_name: diagnostic.rule,
            fingerprint,
            // GitLab knows five; `blocker` and `major` are left to tools that tell more than we do.
            severity: match diagnostic.severity {
                Severity::Error => "critical",
                Severity::Warning => "minor",
                Severity::Notice => "info",
            },
            location: Location {
                path: forge.path_of(diagnostic.place),
                lines: Lines { begin, end },
            },
        }
    };
    diagnostics.iter().zip(forge.fingerprints(diagnostics)).map(finding).collect()
}

#[cfg(test)]
mod tests {
    use crate::render::diagnostics::forge::tests::findings;

    use super::*;

    #[test]
    fn every_finding_has_all_that_gitlab_asks_for() {
        let (sources, diagnostics) = findings();
        let report = report(&diagnostics, &Forge { sources: &sources, project: "paris/" });
        let text = serde_json::to_string_pretty(&report).unwrap();
        insta::with_settings!({filters => vec![(r"[0-9a-f]{64}", "[fingerprint]")]}, {
            insta::assert_snapshot!(text, @r##"
            [
              {
                "description": "found a key, expected one, or `two`",
                "check_name": "empty",
                "fingerprint": "[fingerprint]",
                "severity": "minor",
                "location": {
                  "path": "paris/entities/évry 2,a.yaml",
                  "lines": {
                    "begin": 2,
                    "end": 4
                  }
                }
              },
              {
                "description": "found `1`, 100% wrong:\nexpected 14 digits\nhelp: write `{ env: NAME }`, or [a](b)",
                "check_name": "siret-format",
                "fingerprint": "[fingerprint]",
                "severity": "critical",
                "location": {
                  "path": "paris/entities/évry 2,a.yaml",
                  "lines": {
                    "begin": 3,
                    "end": 3
                  }
                }
              },
              {
                "description": "found `1`, expected 14 digits",
                "check_name": "siret-format",
                "fingerprint": "[fingerprint]",
                "severity": "critical",
                "location": {
                  "path": "paris/entities/évry 2,a.yaml",
                  "lines": {
                    "begin": 4,
                    "end": 4
                  }
                }
              },
              {
                "description": "login `TECH-014` is used twice",
                "check_name": "duplicate-login",
                "fingerprint": "[fingerprint]",
                "severity": "critical",
                "location": {
                  "path": "paris/sources/lyon.csv",
                  "lines": {
                    "begin": 2,
                    "end": 2
                  }
                }
              },
              {
                "description": "no place at all",
                "check_name": "nothing",
                "fingerprint": "[fingerprint]",
                "severity": "info",
                "location": {
                  "path": "paris/raccord.yaml",
                  "lines": {
                    "begin": 1,
                    "end": 1
                  }
                }
              }
            ]
            "##);
        });
    }
}
