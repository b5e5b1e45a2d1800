//! Diagnostics as SARIF 2.1.0, which code scanning and many editors read.
//!
//! Source: OASIS, "Static Analysis Results Interchange Format (SARIF) Version 2.1.0"; numbers in comments are its
//! sections.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde::Serialize;

use crate::diagnostic::Diagnostic;
use crate::diagnostic::Place;
use crate::diagnostic::Severity;
use crate::diagnostic::Span;
use crate::language::tr;
use crate::render::diagnostics::forge;
use crate::render::diagnostics::forge::Forge;

/// What an address of a file begins at: the root of the repository (3.4.4).
const ROOT: &str = "%SRCROOT%";

/// The file (3.13).
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Log {
    #[serde(rename = "$schema")]
    schema: &'static str,
    version: &'static str,
    runs: [Run; 1],
}

/// One run of one tool (3.14).
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Run {
    tool: Tool,
    original_uri_base_ids: BTreeMap<&'static str, BaseId>,
    column_kind: &'static str,
    results: Vec<Finding>,
}

/// What a base of addresses is. Its own address is left out: it differs from machine to machine (3.14.14).
#[derive(Debug, Serialize)]
struct BaseId {
    description: Message,
}

#[derive(Debug, Serialize)]
struct Tool {
    driver: Driver,
}

/// Us (3.19).
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Driver {
    name: &'static str,
    semantic_version: &'static str,
    rules: Vec<Rule>,
}

/// A rule that found something (3.49).
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Rule {
    id: &'static str,
    short_description: Message,
    default_configuration: Configuration,
}

#[derive(Debug, Serialize)]
struct Configuration {
    level: &'static str,
}

/// One finding (3.27).
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Finding {
    rule_id: &'static str,
    rule_index: usize,
    level: &'static str,
    message: Message,
    locations: [Location; 1],
    #[serde(skip_serializing_if = "Vec::is_empty")]
    related_locations: Vec<Location>,
    partial_fingerprints: BTreeMap<&'static str, String>,
}

/// A text, without placeholders (3.11).
#[derive(Debug, Serialize)]
struct Message {
    text: String,
}

/// A place (3.28).
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
#[expect(clippy::struct_field_names, reason = "the names of the standard")]
struct Location {
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<usize>,
    physical_location: PhysicalLocation,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<Message>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct PhysicalLocation {
    artifact_location: ArtifactLocation,
    #[serde(skip_serializing_if = "Option::is_none")]
    region: Option<Region>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct ArtifactLocation {
    uri: String,
    uri_base_id: &'static str,
}

/// A stretch (3.30): lines and columns from 1, the last column just after the last character, as our own.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Region {
    start_line: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    start_column: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    end_line: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    end_column: Option<u32>,
}

/// The report of one run. `about` gives the one-line description of a rule, where there is one.
pub(crate) fn log(
    diagnostics: &[Diagnostic],
    forge: &Forge<'_>,
    about: impl Fn(&'static str) -> Option<String>,
) -> Log {
    // A rule's level is the worst that it was told with: severities sort from the worst.
    let mut worst: BTreeMap<&'static str, Severity> = BTreeMap::new();
    for Diagnostic { rule, severity, .. } in diagnostics {
        let level = worst.entry(rule).or_insert(*severity);
        *level = (*level).min(*severity);
    }
    let rules: Vec<Rule> = worst
        .iter()
        .map(|(id, severity)| Rule {
            id,
            short_description: Message { text: about(id).unwrap_or_else(|| id.replace('-', " ")) },
            default_configuration: Configuration { level: level(*severity) },
        })
        .collect();
    let finding = |(diagnostic, fingerprint): (&Diagnostic, String)| Finding {
        rule_id: diagnostic.rule,
        rule_index: worst.keys().position(|id| *id == diagnostic.rule).unwrap_or_default(),
        level: level(diagnostic.severity),
        message: Message { text: forge::sentence(diagnostic) },
        locations: [Location {
            id: None,
            physical_location: PhysicalLocation {
                artifact_location: artifact(&forge.path_of(diagnostic.place)),
                region: diagnostic.place.map(|place| Region::of(place.span)),
            },
            message: None,
        }],
        related_locations: related(diagnostic, forge),
        partial_fingerprints: BTreeMap::from([("raccordFinding/v1", fingerprint)]),
    };
    let results = diagnostics.iter().zip(forge.fingerprints(diagnostics)).map(finding).collect();
    let root = Message { text: tr!("the root of the repository") };
    Log {
        schema: "https://docs.oasis-open.org/sarif/sarif/v2.1.0/os/schemas/sarif-schema-2.1.0.json",
        version: "2.1.0",
        runs: [Run {
            tool: Tool {
                driver: Driver {
                    name: "raccord",
                    semantic_version: env!("CARGO_PKG_VERSION"),
                    rules,
                },
            },
            original_uri_base_ids: BTreeMap::from([(ROOT, BaseId { description: root })]),
            column_kind: "unicodeCodePoints",
            results,
        }],
    }
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Notice => "note",
    }
}

/// The other places of a finding, and the line of the template that made it.
fn related(diagnostic: &Diagnostic, forge: &Forge<'_>) -> Vec<Location> {
    let others = diagnostic
        .related
        .iter()
        .map(|other| (other.place.file, Region::of(other.place.span), other.message.to_string()));
    let template =
        diagnostic.place.and_then(|Place { template, .. }| template).map(|(file, line)| {
            let region =
                Region { start_line: line, start_column: None, end_line: None, end_column: None };
            (file, region, tr!("made by this line of the template"))
        });
    others
        .chain(template)
        .enumerate()
        .map(|(index, (file, region, text))| Location {
            id: Some(index + 1),
            physical_location: PhysicalLocation {
                artifact_location: artifact(&forge.path(file)),
                region: Some(region),
            },
            message: Some(Message { text }),
        })
        .collect()
}

impl Region {
    fn of(span: Span) -> Self {
        Self {
            start_line: span.line,
            start_column: Some(span.column),
            end_line: Some(span.end_line),
            end_column: Some(span.end_column),
        }
    }
}

fn artifact(path: &str) -> ArtifactLocation {
    ArtifactLocation { uri: reference(path), uri_base_id: ROOT }
}

/// A path as a relative reference (RFC 3986, 4.2): all but unreserved characters and `/` is percent-encoded, so
/// that a colon in the first folder isn't taken for a scheme.
fn reference(path: &str) -> String {
    let mut uri = String::with_capacity(path.len());
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte) {
            uri.push(char::from(byte));
        } else {
            // Writing to a string cannot fail.
            let _infallible = write!(uri, "%{byte:02X}");
        }
    }
    uri
}

#[cfg(test)]
mod tests {
    use crate::render::diagnostics::forge::tests::findings;

    use super::*;

    #[test]
    fn rules_are_listed_once_and_findings_point_at_them() {
        let (sources, diagnostics) = findings();
        let log = log(&diagnostics, &Forge { sources: &sources, project: "paris/" }, |rule| {
            (rule == "empty").then(|| "a key holds nothing".to_owned())
        });
        let text = serde_json::to_string_pretty(&log).unwrap();
        insta::with_settings!({filters => vec![
            (r"[0-9a-f]{64}", "[fingerprint]"),
            (r#""semanticVersion": "[^"]+""#, r#""semanticVersion": "[version]""#),
        ]}, {
            insta::assert_snapshot!(text, @r##"
            {
              "$schema": "https://docs.oasis-open.org/sarif/sarif/v2.1.0/os/schemas/sarif-schema-2.1.0.json",
              "version": "2.1.0",
              "runs": [
                {
                  "tool": {
                    "driver": {
                      "name": "raccord",
                      "semanticVersion": "[version]",
                      "rules": [
                        {
                          "id": "duplicate-login",
                          "shortDescription": {
                            "text": "duplicate login"
                          },
                          "defaultConfiguration": {
                            "level": "error"
                          }
                        },
                        {
                          "id": "empty",
                          "shortDescription": {
                            "text": "a key holds nothing"
                          },
                          "defaultConfiguration": {
                            "level": "warning"
                          }
                        },
                        {
                          "id": "nothing",
                          "shortDescription": {
                            "text": "nothing"
                          },
                          "defaultConfiguration": {
                            "level": "note"
                          }
                        },
                        {
                          "id": "siret-format",
                          "shortDescription": {
                            "text": "siret format"
                          },
                          "defaultConfiguration": {
                            "level": "error"
                          }
                        }
                      ]
                    }
                  },
                  "originalUriBaseIds": {
                    "%SRCROOT%": {
                      "description": {
                        "text": "the root of the repository"
                      }
                    }
                  },
                  "columnKind": "unicodeCodePoints",
                  "results": [
                    {
                      "ruleId": "empty",
                      "ruleIndex": 1,
                      "level": "warning",
                      "message": {
                        "text": "found a key, expected one, or `two`"
                      },
                      "locations": [
                        {
                          "physicalLocation": {
                            "artifactLocation": {
                              "uri": "paris/entities/%C3%A9vry%202%2Ca.yaml",
                              "uriBaseId": "%SRCROOT%"
                            },
                            "region": {
                              "startLine": 2,
                              "startColumn": 1,
                              "endLine": 4,
                              "endColumn": 1
                            }
                          }
                        }
                      ],
                      "partialFingerprints": {
                        "raccordFinding/v1": "[fingerprint]"
                      }
                    },
                    {
                      "ruleId": "siret-format",
                      "ruleIndex": 3,
                      "level": "error",
                      "message": {
                        "text": "found `1`, 100% wrong:\nexpected 14 digits\nhelp: write `{ env: NAME }`, or [a](b)"
                      },
                      "locations": [
                        {
                          "physicalLocation": {
                            "artifactLocation": {
                              "uri": "paris/entities/%C3%A9vry%202%2Ca.yaml",
                              "uriBaseId": "%SRCROOT%"
                            },
                            "region": {
                              "startLine": 3,
                              "startColumn": 10,
                              "endLine": 3,
                              "endColumn": 13
                            }
                          }
                        }
                      ],
                      "partialFingerprints": {
                        "raccordFinding/v1": "[fingerprint]"
                      }
                    },
                    {
                      "ruleId": "siret-format",
                      "ruleIndex": 3,
                      "level": "error",
                      "message": {
                        "text": "found `1`, expected 14 digits"
                      },
                      "locations": [
                        {
                          "physicalLocation": {
                            "artifactLocation": {
                              "uri": "paris/entities/%C3%A9vry%202%2Ca.yaml",
                              "uriBaseId": "%SRCROOT%"
                            },
                            "region": {
                              "startLine": 4,
                              "startColumn": 10,
                              "endLine": 4,
                              "endColumn": 13
                            }
                          }
                        }
                      ],
                      "partialFingerprints": {
                        "raccordFinding/v1": "[fingerprint]"
                      }
                    },
                    {
                      "ruleId": "duplicate-login",
                      "ruleIndex": 0,
                      "level": "error",
                      "message": {
                        "text": "login `TECH-014` is used twice"
                      },
                      "locations": [
                        {
                          "physicalLocation": {
                            "artifactLocation": {
                              "uri": "paris/sources/lyon.csv",
                              "uriBaseId": "%SRCROOT%"
                            },
                            "region": {
                              "startLine": 2,
                              "startColumn": 9,
                              "endLine": 2,
                              "endColumn": 17
                            }
                          }
                        }
                      ],
                      "relatedLocations": [
                        {
                          "id": 1,
                          "physicalLocation": {
                            "artifactLocation": {
                              "uri": "paris/entities/%C3%A9vry%202%2Ca.yaml",
                              "uriBaseId": "%SRCROOT%"
                            },
                            "region": {
                              "startLine": 1,
                              "startColumn": 1,
                              "endLine": 1,
                              "endColumn": 9
                            }
                          },
                          "message": {
                            "text": "first used here"
                          }
                        },
                        {
                          "id": 2,
                          "physicalLocation": {
                            "artifactLocation": {
                              "uri": "paris/templates/a.yaml.j2",
                              "uriBaseId": "%SRCROOT%"
                            },
                            "region": {
                              "startLine": 1
                            }
                          },
                          "message": {
                            "text": "made by this line of the template"
                          }
                        }
                      ],
                      "partialFingerprints": {
                        "raccordFinding/v1": "[fingerprint]"
                      }
                    },
                    {
                      "ruleId": "nothing",
                      "ruleIndex": 2,
                      "level": "note",
                      "message": {
                        "text": "no place at all"
                      },
                      "locations": [
                        {
                          "physicalLocation": {
                            "artifactLocation": {
                              "uri": "paris/raccord.yaml",
                              "uriBaseId": "%SRCROOT%"
                            }
                          }
                        }
                      ],
                      "partialFingerprints": {
                        "raccordFinding/v1": "[fingerprint]"
                      }
                    }
                  ]
                }
              ]
            }
            "##);
        });
    }

    #[test]
    fn paths_are_relative_references() {
        assert_eq!(reference("a:b/évry 2%.yaml"), "a%3Ab/%C3%A9vry%202%25.yaml");
    }
}
