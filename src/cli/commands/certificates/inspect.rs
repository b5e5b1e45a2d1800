//! `raccord certificates inspect`: what files hold, and whether Chorus Pro would take them.

use std::path::Path;
use std::path::PathBuf;
use std::sync::atomic::AtomicUsize;
use std::sync::atomic::Ordering;

use crate::cli::args::Format;
use crate::cli::commands::certificates::args::InspectArgs;
use crate::cli::commands::certificates::trust;
use crate::cli::commands::certificates::trust::Unread;
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::output;
use crate::cli::project;
use crate::cli::settings::Settings;
use crate::language;
use crate::language::Message;
use crate::language::message;
use crate::language::said;
use crate::render::inspection::human;
use crate::render::inspection::json::FileJson;
use crate::render::inspection::json::InspectJson;
use crate::render::inspection::model::Inspection;
use crate::validate::certificate;
use crate::validate::certificate::Question;
use crate::validate::certificate::Verdict;

/// Looks into each file; one that is refused, or cannot be read, ends with 1 once all were looked into.
pub(crate) fn run(arguments: &InspectArgs, settings: &Settings) -> Result<Exit, Failure> {
    let (mut knowledge, policy) = trust::trust(&arguments.trust, settings)?;
    trust::add_revocation_lists(&mut knowledge, &arguments.revocation_list)?;
    let question = Question {
        protocol: arguments.protocol.map(Into::into),
        slot: arguments.slot.map(Into::into),
        validity: None,
        sirens: &[],
        stage: arguments.stage.into(),
        as_of: arguments.as_of.unwrap_or_else(|| project::today(settings)),
        warning_days: policy.certificate_warning_days,
        strict: arguments.strict || policy.certificate_strict,
        knowledge: &knowledge,
    };
    let files = arguments.files.as_slice();
    let verdicts = if settings.format == Format::Json {
        let shown = each(files, |path| {
            let inspection = inspect(path, &question);
            (inspection.verdict, FileJson::of(&inspection))
        });
        let (verdicts, files): (Vec<Verdict>, _) = shown.into_iter().unzip();
        output::json(&InspectJson::of(files, &question))?;
        verdicts
    } else {
        let shown = each(files, |path| {
            let inspection = inspect(path, &question);
            let mut text = String::new();
            human::file(&mut text, &inspection, settings.colour)
                .map(|()| (inspection.verdict, text))
        });
        let shown: Result<Vec<(Verdict, String)>, _> = shown.into_iter().collect();
        let shown = shown.map_err(|error| {
            Failure::new(Exit::Bug, message!("could not show the certificates")).because(&error)
        })?;
        let (verdicts, texts): (Vec<Verdict>, Vec<String>) = shown.into_iter().unzip();
        output::result(&(texts.concat() + &human::summary(&verdicts, &question)))?;
        verdicts
    };
    Ok(if verdicts.contains(&Verdict::Refused) { Exit::Failed } else { Exit::Done })
}

/// Reads one file, and makes all checks.
fn inspect(path: &Path, question: &Question<'_>) -> Inspection {
    match trust::read(path, question.knowledge) {
        Ok(file) => {
            let examination = certificate::examine(&file, question);
            Inspection::examined(&file, examination, question.knowledge)
        }
        Err(Unread::Refused(refusal)) => {
            Inspection::refused(path.to_string_lossy().into_owned(), &refusal)
        }
        Err(Unread::Unreadable(error)) => Inspection::unreadable(
            path.to_string_lossy().into_owned(),
            &Message::of(|| said(&error)),
        ),
    }
}

/// Does `work` for each file on all processors; the results are in the order of the files.
fn each<T: Send>(files: &[PathBuf], work: impl Fn(&Path) -> T + Sync) -> Vec<T> {
    let processors = std::thread::available_parallelism().map_or(1, usize::from);
    let next = AtomicUsize::new(0);
    let take = || {
        let mut done = Vec::new();
        loop {
            let index = next.fetch_add(1, Ordering::Relaxed);
            let Some(path) = files.get(index) else { return done };
            done.push((index, work(path)));
        }
    };
    let mut done = std::thread::scope(|scope| {
        let language = language::current();
        let workers: Vec<_> = (0..processors.min(files.len()))
            .map(|_| scope.spawn(move || language::within(language, take)))
            .collect();
        let mut all = Vec::with_capacity(files.len());
        for worker in workers {
            match worker.join() {
                Ok(done) => all.extend(done),
                // The hook has told what happened; the run ends as it would without threads.
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
        all
    });
    done.sort_by_key(|(index, _)| *index);
    done.into_iter().map(|(_, result)| result).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_stand_in_the_order_of_the_files() {
        let files: Vec<PathBuf> =
            (0..500).map(|number| PathBuf::from(number.to_string())).collect();
        let seen = each(&files, Path::to_path_buf);
        assert_eq!(seen, files);
        assert!(each(&[], Path::to_path_buf).is_empty());
    }
}
