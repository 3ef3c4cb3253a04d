//! One account that trades one symbol, bar by bar.
//!
//! - What is wanted at the close of a bar is filled at the open of the next one. A [`Simulation`]
//!   gets its bars one after the other, so it cannot look ahead.
//! - A purchase is filled at `open × (1 + slippage)`, a sale at `open × (1 − slippage)`; each costs
//!   `commission` of the money that changes hands.
//! - A position takes `position_size` of the equity at its fill, commission included; fractions of
//!   a share are traded. While it is held its quantity stays as it is.
//! - What is still open at the end is closed at the close of the last bar.
//! - Whoever has nothing left at the close of a bar is flat from the next open on.

use serde::{Deserialize, Serialize};

use crate::ktrdr::kinds::{ExitReason, Position};
use crate::ktrdr::store::bars::Bar;

/// −1, 0 or 1.
fn sign(position: Position) -> f64 {
    match position {
        Position::Short => -1.0,
        Position::Flat => 0.0,
        Position::Long => 1.0,
    }
}

/// What a simulation is held to.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Terms {
    /// Money at the beginning.
    pub initial_capital: f64,
    /// Share of the money that changes hands, for every fill.
    pub commission: f64,
    /// Share of the price by which a fill is worse than the open.
    pub slippage: f64,
    /// Share of the equity that a position takes.
    pub position_size: f64,
}

/// What a request is held to where it does not say otherwise.
impl Default for Terms {
    fn default() -> Self {
        Self {
            initial_capital: 100_000.0,
            commission: 0.001,
            slippage: 0.0005,
            position_size: 1.0,
        }
    }
}

/// A position from its opening to its close.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Trade {
    /// Long or short.
    pub side: Position,
    /// When it was opened.
    pub entry_time: i64,
    /// Price it was opened at, slippage included.
    pub entry_price: f64,
    /// When it was closed.
    pub exit_time: i64,
    /// Price it was closed at, slippage included.
    pub exit_price: f64,
    /// How many shares.
    pub quantity: f64,
    /// Commission of both fills.
    pub commission: f64,
    /// What slippage cost at both fills.
    pub slippage: f64,
    /// Profit after all costs.
    pub pnl: f64,
    /// Profit as a share of the equity that the position took.
    pub trade_return: f64,
    /// Bars it was held in.
    pub bars_held: usize,
    /// Why it was closed.
    pub exit_reason: ExitReason,
}

/// The account at the close of a bar.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Point {
    /// Start of the bar.
    pub time: i64,
    /// Money and position together.
    pub equity: f64,
    /// What was held in the bar.
    pub position: Position,
}

/// What a simulation did.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Course {
    /// Every trade, oldest first.
    pub trades: Vec<Trade>,
    /// The account at the close of every bar.
    pub points: Vec<Point>,
}

#[derive(Clone, Copy, Debug)]
struct Held {
    side: Position,
    time: i64,
    price: f64,
    quote: f64,
    quantity: f64,
    bar: usize,
}

/// The account at work.
#[derive(Clone, Debug)]
pub struct Simulation {
    terms: Terms,
    cash: f64,
    held: Option<Held>,
    wanted: Position,
    last: Option<Bar>,
    course: Course,
}

impl Simulation {
    /// An account with nothing but its money.
    pub fn new(terms: Terms) -> Self {
        Self {
            terms,
            cash: terms.initial_capital,
            held: None,
            wanted: Position::Flat,
            last: None,
            course: Course::default(),
        }
    }

    /// The next bar, and the position that is wanted at its close.
    pub fn step(&mut self, bar: &Bar, wanted: Position) {
        if self.position() != self.wanted {
            let reason = if self.is_ruined() {
                ExitReason::Ruin
            } else {
                ExitReason::Signal
            };
            self.close(bar.time, bar.open, self.course.points.len(), reason);
            self.open(bar, self.wanted);
        }
        self.course.points.push(Point {
            time: bar.time,
            equity: self.equity(bar.close),
            position: self.position(),
        });
        self.wanted = if self.is_ruined() {
            Position::Flat
        } else {
            wanted
        };
        self.last = Some(*bar);
    }

    /// Closes what is open at the close of the last bar, which ends at `end`.
    pub fn finish(mut self, end: i64) -> Course {
        if let Some(last) = self.last {
            self.close(end, last.close, self.course.points.len(), ExitReason::End);
        }
        if let Some(point) = self.course.points.last_mut() {
            point.equity = self.cash;
        }
        self.course
    }

    fn position(&self) -> Position {
        self.held.map_or(Position::Flat, |held| held.side)
    }

    fn equity(&self, price: f64) -> f64 {
        self.cash
            + self
                .held
                .map_or(0.0, |held| sign(held.side) * held.quantity * price)
    }

    /// Whether nothing was left at the last close.
    fn is_ruined(&self) -> bool {
        self.course
            .points
            .last()
            .is_some_and(|point| point.equity <= 0.0)
    }

    fn open(&mut self, bar: &Bar, side: Position) {
        let Terms {
            commission,
            slippage,
            position_size,
            ..
        } = self.terms;
        if side == Position::Flat || self.cash <= 0.0 {
            return;
        }
        let price = bar.open * (1.0 + sign(side) * slippage);
        let quantity = self.cash * position_size / (price * (1.0 + commission));
        self.cash -= quantity * price * (sign(side) + commission);
        self.held = Some(Held {
            side,
            time: bar.time,
            price,
            quote: bar.open,
            quantity,
            bar: self.course.points.len(),
        });
    }

    /// Closes what is held at a price of the market. `bar` counts the bars before the first one in
    /// which it is no longer held.
    fn close(&mut self, time: i64, quote: f64, bar: usize, exit_reason: ExitReason) {
        let Some(held) = self.held.take() else { return };
        let Terms {
            commission,
            slippage,
            ..
        } = self.terms;
        let (sign, quantity) = (sign(held.side), held.quantity);
        let price = quote * (1.0 - sign * slippage);
        self.cash += quantity * price * (sign - commission);
        let costs = quantity * (held.price + price) * commission;
        let pnl = sign * quantity * (price - held.price) - costs;
        self.course.trades.push(Trade {
            side: held.side,
            entry_time: held.time,
            entry_price: held.price,
            exit_time: time,
            exit_price: price,
            quantity,
            commission: costs,
            slippage: quantity * (held.quote + quote) * slippage,
            pnl,
            trade_return: pnl / (quantity * held.price * (1.0 + commission)),
            bars_held: bar - held.bar,
            exit_reason,
        });
    }
}

#[cfg(test)]
#[path = "simulation_tests.rs"]
mod tests;
