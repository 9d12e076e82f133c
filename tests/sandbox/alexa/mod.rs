//! The Alexa device through its own doors, in front of a skill of the tests.

pub mod skill;

mod page;
mod payments;
mod rows;
mod rules;
mod sessions;
