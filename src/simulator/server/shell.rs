//! What all connections share: the world, its directory, scripted faults, the log of requests.

use std::sync::Mutex;
use std::sync::MutexGuard;
use std::sync::PoisonError;

use jiff::Timestamp;
use serde::Deserialize as _;
use serde_json::json;

use crate::simulator::call::Answer;
use crate::simulator::call::Call;
use crate::simulator::call::CallBody;
use crate::simulator::server::disk::Disk;
use crate::simulator::server::fault::Fault;
use crate::simulator::server::fault::Faults;
use crate::simulator::server::requests::Requests;
use crate::simulator::steering;
use crate::simulator::world::World;

/// The shared state.
#[derive(Debug)]
pub(super) struct Shell {
    held: Mutex<Held>,
}

/// What is behind the lock.
#[derive(Debug)]
struct Held {
    world: World,
    disk: Option<Disk>,
    faults: Faults,
    requests: Requests,
    /// Set when the simulator stopped: connections that are still open get no answer of substance.
    closed: bool,
}

impl Shell {
    /// Around a world.
    pub(super) fn new(world: World, disk: Option<Disk>) -> Self {
        let (faults, requests) = (Faults::default(), Requests::default());
        Self { held: Mutex::new(Held { world, disk, faults, requests, closed: false }) }
    }

    /// The fault that hits a request. Steering itself is never hit.
    pub(super) fn fault(&self, call: &Call) -> Option<Fault> {
        if steering::is_for(call) { None } else { self.lock().faults.hit(call) }
    }

    /// Scripts a fault.
    #[cfg(test)]
    pub(super) fn add_fault(&self, fault: Fault) {
        self.lock().faults.add(fault);
    }

    /// Notes a request and how it was answered. Steering is not noted.
    pub(super) fn note(&self, call: &Call, status: Option<u16>) {
        if !steering::is_for(call) {
            self.lock().requests.note(call, status);
        }
    }

    /// The log of requests.
    #[cfg(test)]
    pub(super) fn requests(&self) -> serde_json::Value {
        self.lock().requests.show()
    }

    /// A look at the world as it is.
    #[cfg(test)]
    pub(super) fn world(&self) -> World {
        self.lock().world.clone()
    }

    /// Answers a call, and keeps what it changed.
    pub(super) fn answer(&self, now: Timestamp, call: &Call) -> Answer {
        let mut guard = self.lock();
        let held = &mut *guard;
        if held.closed {
            return Answer::empty(503);
        }
        if let Some(answer) = held.steer(call) {
            return answer;
        }
        let handled = held.world.handle_as(now, call);
        if !call.is_write() || handled.answer.status >= 300 {
            return handled.answer;
        }
        let Some(disk) = &mut held.disk else {
            return handled.answer;
        };
        match disk.record(&held.world, now, handled.actor.as_ref(), call) {
            Ok(()) => handled.answer,
            Err(error) => Answer::json(
                500,
                json!({ "message": format!("le monde du simulateur n'a pas pu être écrit : {error}") }),
            ),
        }
    }

    /// Saves the world, so that the next start reads one file, and frees its directory.
    pub(super) fn close(&self) -> std::io::Result<()> {
        let mut guard = self.lock();
        let held = &mut *guard;
        held.closed = true;
        match held.disk.take() {
            Some(mut disk) if disk.has_pending() => disk.save(&held.world),
            _ => Ok(()),
        }
    }

    /// The world stays usable when a test panics while it looks at it.
    fn lock(&self) -> MutexGuard<'_, Held> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Held {
    /// Answers what concerns the server and not the world: faults and the log.
    fn steer(&mut self, call: &Call) -> Option<Answer> {
        let parts = call.parts_after(steering::BASE)?;
        Some(match (call.method.as_str(), parts.as_slice()) {
            ("GET", ["pannes"]) => Answer::json(200, json!(self.faults.list())),
            ("DELETE", ["pannes"]) => {
                self.faults.clear();
                Answer::empty(204)
            }
            ("POST", ["pannes"]) => {
                let fault = match &call.body {
                    CallBody::Json(value) => Fault::deserialize(value).map_err(|e| e.to_string()),
                    CallBody::Empty
                    | CallBody::Form(_)
                    | CallBody::Unreadable
                    | CallBody::OtherType => Err("un corps JSON est attendu".to_owned()),
                };
                match fault {
                    Ok(fault) => {
                        self.faults.add(fault);
                        Answer::empty(204)
                    }
                    Err(message) => Answer::json(400, json!({ "message": message })),
                }
            }
            ("GET", ["requetes"]) => Answer::json(200, self.requests.show()),
            ("DELETE", ["requetes"]) => {
                self.requests = Requests::default();
                Answer::empty(204)
            }
            _ => return None,
        })
    }
}
