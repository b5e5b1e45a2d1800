//! Time inside a world: its own clock, and what happens to sheets when it passes.

use jiff::SignedDuration;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::Deserialize;
use serde::Serialize;

use crate::simulator::world::World;
use crate::simulator::world::edi::EdiSheet;
use crate::simulator::world::edi::EdiStatus;
use crate::simulator::world::edi::Verdict;

/// The clock of a world.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Clock {
    /// How many milliseconds it is ahead of the machine's.
    ahead: i64,
    /// The latest time that it showed. It never goes back.
    latest: Timestamp,
}

impl Default for Clock {
    fn default() -> Self {
        Self { ahead: 0, latest: Timestamp::UNIX_EPOCH }
    }
}

/// The zone of the portal's calendar days.
///
/// Spelled out, so that no time zone database has to be installed.
fn paris() -> TimeZone {
    TimeZone::posix("CET-1CEST,M3.5.0,M10.5.0/3").unwrap_or(TimeZone::UTC)
}

/// The day in Paris at `time`.
pub(crate) fn day(time: Timestamp) -> Date {
    time.to_zoned(paris()).date()
}

/// When `day` begins in Paris.
pub(crate) fn beginning(day: Date) -> Timestamp {
    day.to_zoned(paris()).map_or(Timestamp::MAX, |zoned| zoned.timestamp())
}

/// When the day after `day` begins in Paris.
fn end(day: Date) -> Timestamp {
    day.tomorrow().map_or(Timestamp::MAX, beginning)
}

/// `time` plus `duration`, at most the end of time.
pub(crate) fn later(time: Timestamp, duration: SignedDuration) -> Timestamp {
    time.checked_add(duration).unwrap_or(Timestamp::MAX)
}

/// A time as the portal writes it: whole seconds, in UTC.
pub(crate) fn written(time: Timestamp) -> String {
    Timestamp::from_second(time.as_second()).unwrap_or(time).to_string()
}

impl World {
    /// What time it is in this world.
    pub(crate) fn now(&self) -> Timestamp {
        self.clock.latest
    }

    /// The day in Paris.
    pub(crate) fn today(&self) -> Date {
        day(self.now())
    }

    /// Lets everything happen that was due until the machine's time `machine`.
    pub(crate) fn pass_time(&mut self, machine: Timestamp) {
        let now = later(machine, SignedDuration::from_millis(self.clock.ahead));
        self.clock.latest = self.clock.latest.max(now);
        self.run_due();
    }

    /// Lets everything happen that is due by now, in the order in which it was due.
    fn run_due(&mut self) {
        while let Some((due, number)) = self.index.due.first().copied() {
            if due > self.clock.latest {
                break;
            }
            self.index.due.remove(&(due, number));
            if let Some(mut sheet) = self.edi.get(&number).cloned() {
                self.unindex_edi(number, &sheet);
                self.happen(&mut sheet, due);
                self.index_edi(number, &sheet);
                self.edi.insert(number, sheet);
            }
        }
    }

    /// Moves the clock forward by `duration`, and lets happen what is due by then.
    pub(crate) fn advance(&mut self, duration: SignedDuration) {
        let milliseconds = i64::try_from(duration.as_millis()).unwrap_or(i64::MAX);
        self.clock.ahead = self.clock.ahead.saturating_add(milliseconds);
        self.clock.latest = later(self.clock.latest, duration);
        self.run_due();
    }

    /// Sets the clock to `time`; false when it is already later.
    pub(crate) fn set_clock(&mut self, time: Timestamp) -> bool {
        if time < self.clock.latest {
            return false;
        }
        self.advance(time.duration_since(self.clock.latest));
        true
    }

    /// Sets the clock so that it shows `time` when the machine's shows `machine`. A world that is already later stays there.
    pub(crate) fn align_clock(&mut self, machine: Timestamp, time: Timestamp) {
        let ahead = time.duration_since(machine).as_millis();
        self.clock.ahead = i64::try_from(ahead).unwrap_or(0);
        self.pass_time(machine);
    }

    /// What happens to `sheet` at `due`: it settles, or its validity begins or ends.
    fn happen(&mut self, sheet: &mut EdiSheet, due: Timestamp) {
        match sheet.status {
            EdiStatus::Pending => self.settle(sheet, due),
            EdiStatus::Active => sheet.enter(EdiStatus::Inactive, due),
            EdiStatus::Inactive => sheet.enter(EdiStatus::Active, due),
            EdiStatus::Draft | EdiStatus::Partial | EdiStatus::Error => {}
        }
    }

    /// The target system has answered: the sheet leaves En cours, unless it is to be held there.
    pub(crate) fn settle(&mut self, sheet: &mut EdiSheet, at: Timestamp) {
        sheet.settles_at = None;
        let verdict = sheet
            .verdict
            .take()
            .or_else(|| self.script.by_name.remove(&sheet.name))
            .or_else(|| self.script.next.pop_front())
            .unwrap_or(Verdict::Accepted);
        match verdict {
            Verdict::Accepted => {
                let inside = sheet.validity.is_some_and(|validity| validity.contains(day(at)));
                sheet.retired = false;
                sheet.enter(if inside { EdiStatus::Active } else { EdiStatus::Inactive }, at);
            }
            Verdict::Error => sheet.enter(EdiStatus::Error, at),
            Verdict::Partial => sheet.enter(EdiStatus::Partial, at),
            Verdict::Held => {}
        }
    }
}

impl EdiSheet {
    /// When something happens to it by itself.
    pub(crate) fn due(&self) -> Option<Timestamp> {
        match self.status {
            EdiStatus::Pending => self.settles_at,
            EdiStatus::Active => self.validity.map(|validity| end(validity.until)),
            EdiStatus::Inactive if self.awaits_start() => {
                self.validity.map(|validity| beginning(validity.from))
            }
            EdiStatus::Inactive | EdiStatus::Draft | EdiStatus::Partial | EdiStatus::Error => None,
        }
    }

    /// Whether it is Inactif only because its validity has not begun.
    pub(crate) fn awaits_start(&self) -> bool {
        self.status == EdiStatus::Inactive
            && !self.retired
            && self.validity.is_some_and(|validity| day(self.status_since) < validity.from)
    }
}
