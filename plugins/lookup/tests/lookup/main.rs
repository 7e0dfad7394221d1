//! What people see of look-ups, over the in-memory host.

mod cards;
mod customers;
mod house;
mod meant;
mod narrowed;
