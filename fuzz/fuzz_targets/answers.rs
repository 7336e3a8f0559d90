//! What a suggester answers never panics, and what is kept of it fits the article.
//!
//! The first byte chooses between entities and regions.

#![no_main]

use copydesk::dataset::suggesters::read_answer;
use copydesk::formats::metadata::suggested_by::SuggestedTask;
use copydesk::model::{Annotation, Schema, Status, notation};
use copydesk_fuzz::samples;

const NOTATED: &str = "body| Angela Merkel met Zoë 👩‍🚀 in Paris.\n    |\nbody| Merkel [the chancellor] said \"no\" to the <b>Bank</b>.";

fn schema() -> Schema {
    copydesk::dataset::config::built_in_schemas::by_name("news").expect("the shipped schema")
}

fn seeds() -> Vec<Vec<u8>> {
    [
        "\0{\"id\":\"sample/0\",\"entities\":[{\"start\":0,\"end\":13,\"label\":\"PERSON\",\"score\":0.5},{\"start\":3,\"end\":20,\"label\":\"GPE\"}]}",
        "\x01{\"id\":\"sample/0\",\"regions\":[{\"start\":0,\"end\":37,\"label\":\"body\",\"score\":1},{\"start\":39,\"end\":60,\"label\":\"nav\"}]}",
        "\0{\"id\":\"sample/0\",\"marked\":\"[Angela Merkel](PERSON) met <PERSON>Zoë</PERSON> in [Paris](GPE).\\n\\n[Merkel](PERSON) [the chancellor] said \\\"no\\\" to the <b><ORG>Bank</ORG></b>.\"}",
        "\0{\"id\":\"sample/0\",\"marked\":\"<ORG>Angela <GPE>Merkel</ORG> met</GPE> Zoë in ]Paris](GPE)[ . Merkel the chancellor said no\"}",
        "\0{\"id\":\"sample/0\",\"error\":\"too long \\u001b[31m\"}",
    ]
    .iter()
    .map(|words| words.as_bytes().to_vec())
    .collect()
}

libfuzzer_sys::fuzz_target!(init: copydesk_fuzz::seeds(seeds), |bytes: &[u8]| {
    let Some((first, line)) = bytes.split_first() else {
        return;
    };
    let sample = notation::parse(NOTATED).expect("valid notation");
    let article = samples::article(&sample, 0);
    let task = if first % 2 == 0 { SuggestedTask::Entities } else { SuggestedTask::Regions };
    match read_answer(&article, line, &schema(), task) {
        Ok(kept) => {
            Annotation::from_parts(&article.text, kept.regions, kept.entities, Status::Todo, Vec::new()).expect("what is kept fits");
        }
        Err(fault) => assert!(!fault.to_string().contains('\x1b'), "what it printed reaches a terminal: {fault:?}"),
    }
});
