//! A schema that is read is printed, and read again, the same.

#![no_main]

use copydesk::formats::schema_toml;
use copydesk_fuzz::samples;

fn seeds() -> Vec<Vec<u8>> {
    samples::files("assets/schemas", "toml")
}

libfuzzer_sys::fuzz_target!(init: copydesk_fuzz::seeds(seeds), |toml: &str| {
    if let Ok(schema) = schema_toml::parse(toml, None) {
        let printed = schema_toml::print_with_guidelines(&schema);
        match schema_toml::parse(&printed, None) {
            Ok(again) => assert_eq!(again, schema),
            Err(why) => panic!("{why}\n{printed}"),
        }
    }
});
