//! What is shown of a comparison: the first thing that stands against it, thousands that are alike, and within a budget.

use crate::domain::address::Address;
use crate::plan::promotion::Promoted;
use crate::plan::promotion::Promotion;
use crate::plan::promotion::Verdict;
use crate::plan::promotion::fields::Compared;
use crate::plan::promotion::fields::Expected;
use crate::plan::promotion::fields::Weight;
use crate::render::promotion::human;
use crate::render::promotion::json::PromoteJson;
use crate::render::promotion::markdown;
use crate::render::style::Colour;

fn field(weight: Weight) -> Compared {
    let is_same = weight == Weight::Fault;
    Compared {
        field: "certificates.server".into(),
        from: Some("aaaaaaaaaaaa".to_owned()),
        to: Some(if is_same { "aaaaaaaaaaaa" } else { "bbbbbbbbbbbb" }.to_owned()),
        expected: Expected::Differs,
        weight,
        why: is_same.then_some("a certificate serves one sheet only"),
    }
}

fn one(address: &str, verdict: Verdict) -> Promoted {
    let address: Address = address.parse().unwrap();
    let weight = if verdict == Verdict::NotReady { Weight::Fault } else { Weight::Fine };
    Promoted { address, verdict, missing: None, fields: vec![field(weight)], evidence: None }
}

fn promotion(addresses: Vec<Promoted>) -> Promotion {
    let (from, to) = ("qualification".to_owned(), "production".to_owned());
    Promotion { from, to, places: Vec::new(), addresses }
}

fn text(promotion: &Promotion) -> String {
    let mut text = String::new();
    human::render(&mut text, promotion, Some("town"), Colour::Off).unwrap();
    text
}

#[test]
fn what_stands_against_it_comes_first_and_the_commands_last() {
    let promotion = promotion(vec![
        one("ville/edi/depot", Verdict::Ready),
        one("ville/edi/g2b", Verdict::NotReady),
    ]);
    assert_eq!(
        text(&promotion),
        "Promotion from `qualification` to `production`\n\n\
         not ready ville/edi/g2b: EDI connection\n\
         \x20       fault: certificates.server is aaaaaaaaaaaa in both: a certificate serves one sheet only\n\
         ready ville/edi/depot: EDI connection\n\
         \x20       differs, as expected: certificates.server\n\n\
         Promotion: 1 ready, 1 not ready, 0 already there\n\n\
         To go on:\n\
         \x20 raccord plan town -e production --out plan.json\n\
         \x20 raccord apply plan.json\n\
         Chorus Pro gives each new sheet in `production` an application code of its own\n"
    );
    let json = serde_json::to_value(PromoteJson::of(&promotion)).unwrap();
    assert_eq!(json["summary"]["not_ready"], 1);
    assert_eq!(json["addresses"][1]["fields"][0]["weight"], "fault");
}

#[test]
fn ten_thousand_alike_are_a_few_lines_and_keep_to_the_budget() {
    let many = (0..10_000).map(|number| one(&format!("ville-{number}/edi/g2b"), Verdict::NotReady));
    let mut addresses: Vec<Promoted> = many.collect();
    addresses.push(one("ccas/edi/g2b", Verdict::Ready));
    let promotion = promotion(addresses);
    let shown = text(&promotion);
    assert!(shown.lines().count() < 20 && shown.contains("not ready, 10,000 x EDI connection"));
    let comment = markdown::render(&promotion, "town", 65_000);
    assert!(
        comment.starts_with(
            "<!-- raccord:promote from=qualification to=production project=town -->\n"
        )
    );
    assert!(comment.contains("### Not ready") && comment.contains("### Ready"), "{comment}");
    let short = markdown::render(&promotion, "town", 1_000);
    assert!(
        short.len() <= 1_000 && short.contains("for lack of room: addresses: 10,001"),
        "{short}"
    );
}
