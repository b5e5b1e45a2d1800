//! A comparison of two environments as Markdown, for the comment on a merge request, within a budget of bytes.
//!
//! What stands against it comes first. An entry is written whole or counted; nothing is cut in its middle.

use crate::language::tr;
use crate::plan::promotion::Promoted;
use crate::plan::promotion::Promotion;
use crate::plan::promotion::Verdict;
use crate::render::plan::markdown::safe::code;
use crate::render::plan::markdown::safe::fence;
use crate::render::plan::markdown::safe::name;
use crate::render::promotion::broken;
use crate::render::promotion::groups::groups;
use crate::render::promotion::human::lines;
use crate::render::promotion::summary;
use crate::render::words;

/// How many addresses of a group are named.
const NAMED: usize = 200;

/// Writes a comparison for the comment of `project`, in at most `max_bytes` bytes.
pub(crate) fn render(promotion: &Promotion, project: &str, max_bytes: usize) -> String {
    let Promotion { from, to, places, addresses } = promotion;
    let mut text = format!(
        "<!-- raccord:promote from={} to={} project={} -->\n",
        name(from),
        name(to),
        name(project)
    );
    let room = max_bytes.saturating_sub(left_line(addresses.len()).len());
    let mut push = |more: &str| {
        let fits = text.len() + more.len() <= room;
        if fits {
            text.push_str(more);
        }
        fits
    };
    push(&tr!("## Promotion from {from} to {to}\n\n", from = code(from), to = code(to)));
    push(&format!("**{}**\n\n", summary(promotion)));
    let places: Vec<String> = places.iter().filter_map(broken).collect();
    if !places.is_empty() {
        push(&format!("### {}\n\n{}\n", tr!("Environments"), fence("text", &places)));
    }
    let (mut title, mut left) = (None, 0);
    for group in groups(promotion) {
        let Some(first) = group.first() else { continue };
        let verdict = Some(first.verdict);
        let heading = if title == verdict {
            String::new()
        } else {
            format!("### {}\n\n", titled(first.verdict))
        };
        // Once one found no room, lighter ones are not tried.
        if left == 0 && push(&format!("{heading}{}", entry(first, &group))) {
            title = verdict;
        } else {
            left += group.len();
        }
    }
    if left > 0 {
        text.push_str(&left_line(left));
    }
    text
}

fn left_line(left: usize) -> String {
    tr!("**Not shown here, for lack of room: addresses: {left}.**\n", left = words::thousands(left))
}

fn titled(verdict: Verdict) -> String {
    match verdict {
        Verdict::NotReady => tr!("Not ready"),
        Verdict::Ready => tr!("Ready"),
        Verdict::AlreadyThere => tr!("Already there"),
    }
}

fn entry(first: &Promoted, group: &[&Promoted]) -> String {
    let kind = words::kind(first.address.kind());
    let mut lines = lines(first);
    let head = if group.len() == 1 {
        tr!("{address}: {kind}", address = code(&first.address.to_string()), kind)
    } else {
        lines.push(String::new());
        lines.extend(group.iter().take(NAMED).map(|one| one.address.to_string()));
        if let Some(more) = group.len().checked_sub(NAMED).filter(|more| *more > 0) {
            lines.push(words::and_more(more));
        }
        format!("{} × {kind}", words::thousands(group.len()))
    };
    if lines.is_empty() {
        return format!("- {head}\n\n");
    }
    format!("- {head}\n\n{}\n", fence("text", &lines))
}
