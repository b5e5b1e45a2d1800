//! The budget that is told before a run is the requests that it sends.

use std::time::Duration;

use crate::apply::run::tests::stage::Stage;
use crate::apply::run::tests::stage::account;
use crate::apply::run::tests::stage::create;
use crate::apply::run::tests::stage::existing;
use crate::apply::run::tests::stage::plan;
use crate::domain::observed::RemoteId;
use crate::domain::request::Request;
use crate::plan::budget::Budget;
use crate::plan::budget::Terms;
use crate::plan::budget::endpoints;
use crate::plan::settling::Past;
use crate::remote::gateway::encode::Certificates;
use crate::remote::gateway::encode::encode;
use crate::remote::testing;
use crate::remote::testing::PARIS;
use crate::remote::testing::api;
use crate::remote::testing::as2;
use crate::remote::testing::contact;
use crate::remote::testing::siret;

#[test]
fn the_methods_are_those_that_are_sent() {
    let certificates = Certificates::of(&testing::declares(0..6));
    let target = || existing("X-1");
    let (sheet, settings) = (as2("A", 0), as2("A", 0).settings);
    let (operator, client) = (siret(PARIS), siret(PARIS));
    let api_sheet = api("APP", None);
    let requests = [
        Request::FinaliseEdi { target: target(), settings: settings.clone() },
        Request::UpdateEdi { target: target(), settings },
        Request::CreateEdi { sheet },
        Request::ActivateEdi { target: target() },
        Request::DeactivateEdi { target: target() },
        Request::DeleteEdi { target: target() },
        Request::UpdateApi {
            target: target(),
            piste_application: api_sheet.piste_application.clone(),
            contact: contact(),
        },
        Request::CreateApi { sheet: api_sheet },
        Request::DeactivateApi { target: target() },
        Request::ActivateAccount { target: target() },
        Request::DeactivateAccount { target: target() },
        Request::ResetPassword { target: target() },
        Request::AddClient { operator, client },
        Request::RemoveClient { operator, client },
    ];
    for request in requests {
        let call = encode(&request, &|_| Some(RemoteId::new("X")), &certificates).unwrap();
        let [(method, what)] = endpoints(&request) else { panic!("{request:?}") };
        assert_eq!(*method, call.method.word(), "{request:?}");
        let word = if call.path.contains("fiches-edi") {
            "EDI sheets"
        } else if call.path.contains("fiches-api") {
            "API sheets"
        } else if call.path.contains("comptes-techniques") {
            "technical accounts"
        } else {
            "clients of an operator"
        };
        assert!(what.starts_with(word), "{what} is not {}", call.path);
    }
}

#[tokio::test]
async fn a_run_sends_what_was_told_before() {
    let stage = Stage::new(Duration::ZERO).await;
    let mut steps = create("a", "A", 0, None);
    steps.extend(create("b", "B", 1, None));
    steps.push(account());
    let mut later = account();
    later.id = "later".to_owned();
    later.due = Some("2026-12-02".parse().unwrap());
    steps.push(later);
    let plan = plan(steps);
    let terms = Terms {
        today: stage.options.today,
        interval: Some(Duration::from_secs(1)),
        parallelism: 4,
        waits: Some(Duration::from_mins(1)),
        pauses: (stage.options.first_poll, stage.options.longest_poll),
    };
    let budget = Budget::of(&plan, &[0, 0, 1, 1, 1, 1], &Past::default(), &terms);
    assert_eq!((budget.requests, budget.longest, budget.sheets), (3, 2, 2));
    assert_eq!(budget.least, Some(Duration::from_secs(3)));
    stage.run(&plan).await;
    let sent = |path: &str| stage.requests(&format!("POST /raccordements/v1/{path}"));
    let told = |what| budget.calls.get(&("POST", what)).copied().unwrap_or_default() as u64;
    assert_eq!(sent("fiches-edi"), told("EDI sheets"));
    assert_eq!(sent("comptes-techniques"), told("technical accounts"));
}
