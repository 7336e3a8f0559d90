//! Threads of remarks, as they travel in the metadata beside the remarks.
//!
//! `remark_threads` is a JSON list in a string with an object for each remark, in their order. A
//! program that only reads `remark` and `remarks` misses the answers and nothing else.

use serde::{Deserialize, Serialize};

use crate::formats::metadata::time;
use crate::model::{Answer, Remark, Signature};

/// The name of the field.
pub(in crate::formats) const NAME: &str = "remark_threads";

/// Who, and when (RFC 3339).
#[derive(Serialize, Deserialize)]
struct RawSignature {
    by: String,
    at: String,
}

#[derive(Serialize, Deserialize)]
struct RawAnswer {
    text: String,
    by: String,
    at: String,
}

#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
struct RawThread {
    #[serde(skip_serializing_if = "Option::is_none")]
    written: Option<RawSignature>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    answers: Vec<RawAnswer>,
    #[serde(skip_serializing_if = "Option::is_none")]
    resolved: Option<RawSignature>,
}

/// Returns the threads of remarks; `None` if there is nothing but texts and places.
#[must_use]
pub(in crate::formats) fn print(remarks: &[Remark]) -> Option<String> {
    if !remarks.iter().any(Remark::is_thread) {
        return None;
    }
    let raw = |signature: &Signature| RawSignature {
        by: signature.by.clone(),
        at: time::print(signature.at_ms),
    };
    let threads: Vec<RawThread> = remarks
        .iter()
        .map(|remark| RawThread {
            written: remark.written.as_ref().map(raw),
            answers: remark
                .answers
                .iter()
                .map(|answer| RawAnswer {
                    text: answer.text.clone(),
                    by: answer.written.by.clone(),
                    at: time::print(answer.written.at_ms),
                })
                .collect(),
            resolved: remark.resolved.as_ref().map(raw),
        })
        .collect();
    serde_json::to_string(&threads).ok()
}

/// Attaches threads to remarks. Returns `None`, and changes nothing, if they do not match.
pub(in crate::formats) fn attach(remarks: &mut [Remark], list: &str) -> Option<()> {
    let threads: Vec<RawThread> = serde_json::from_str(list).ok()?;
    if threads.len() != remarks.len() {
        return None;
    }
    let signature = |raw: RawSignature| {
        Some(Signature {
            at_ms: time::parse(&raw.at)?,
            by: raw.by,
        })
    };
    let mut read = Vec::with_capacity(threads.len());
    for (remark, thread) in remarks.iter().zip(threads) {
        let mut answers = Vec::with_capacity(thread.answers.len());
        for raw in thread.answers {
            let at_ms = time::parse(&raw.at)?;
            answers.push(Answer {
                text: raw.text,
                written: Signature { by: raw.by, at_ms },
            });
        }
        read.push(Remark {
            at: remark.at,
            text: remark.text.clone(),
            written: match thread.written {
                Some(raw) => Some(signature(raw)?),
                None => None,
            },
            answers,
            resolved: match thread.resolved {
                Some(raw) => Some(signature(raw)?),
                None => None,
            },
        });
    }
    remarks.clone_from_slice(&read);
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn signed(by: &str, at_ms: i64) -> Signature {
        Signature {
            by: by.to_owned(),
            at_ms,
        }
    }

    #[test]
    fn threads_come_back_as_they_went() {
        let asked = Remark {
            written: Some(signed("maria", 1_795_371_845_000)),
            answers: vec![Answer {
                text: "The \"second\" one.".to_owned(),
                written: signed("paul", 1_795_371_846_500),
            }],
            resolved: Some(signed("maria", 1_795_371_847_000)),
            ..Remark::new(None, "Which Ada?")
        };
        let remarks = [asked, Remark::new(None, "hm")];
        let json = print(&remarks).unwrap();
        assert_eq!(
            json,
            concat!(
                r#"[{"written":{"by":"maria","at":"2026-11-22T18:24:05Z"},"#,
                r#""answers":[{"text":"The \"second\" one.","by":"paul","at":"2026-11-22T18:24:06.5Z"}],"#,
                r#""resolved":{"by":"maria","at":"2026-11-22T18:24:07Z"}},{}]"#
            )
        );
        let mut back = [Remark::new(None, "Which Ada?"), Remark::new(None, "hm")];
        assert_eq!(attach(&mut back, &json), Some(()));
        assert_eq!(back, remarks);
        assert_eq!(print(&back[1..]), None, "plain remarks are written as ever");
    }

    #[test]
    fn what_does_not_fit_is_left_alone() {
        let mut remarks = [Remark::new(None, "a"), Remark::new(None, "b")];
        let plain = remarks.clone();
        for list in [
            "",
            "[{}]",
            "[{},{},{}]",
            r#"[{"resolved":{"by":"x","at":"yesterday"}},{}]"#,
            r#"[{"resolved":{"by":"x","at":"2026-11-22T18:24:07Z"}},{"answers":[{}]}]"#,
        ] {
            assert_eq!(attach(&mut remarks, list), None, "{list}");
            assert_eq!(remarks, plain, "{list}");
        }
    }
}
