//! Logistic regression with few weights. In: which messages each feature stands in, and which messages are positive. Out: a weight for each feature, most of
//! them zero, and the intercept. Keeps: nothing is drawn by lot, every step lowers the loss. Must not know: words, files, how weights are rounded.
//!
//! What is minimised is the logistic loss of all messages plus the weights' sizes over `strength`; the intercept is free. One weight after another is moved as
//! far as an upper bound of the second derivative allows within a reach of its own, which grows and shrinks with the moves (Genkin, Lewis and Madigan 2007).

/// Passes over all features, and over the weights that are not zero between two of them.
const PASSES: usize = 60;
const INNER_PASSES: usize = 20;
/// Done when no weight moved more in a pass over all.
const ENOUGH: f64 = 0.001;
/// What a second derivative is at least taken for.
const FLAT: f64 = 1e-9;

/// What was learned.
#[derive(Debug, Clone, PartialEq)]
pub struct Model {
    pub weights: Vec<f64>,
    pub intercept: f64,
}

/// A weight, and how far its next move may go.
#[derive(Debug, Clone, Copy)]
struct Weight {
    value: f64,
    reach: f64,
}

impl Weight {
    const NEW: Self = Self { value: 0.0, reach: 1.0 };
}

/// The messages while weights move.
struct Messages {
    /// 1 or -1.
    signs: Vec<f64>,
    /// The intercept and the weights of a message's features, summed up, times its sign: above zero where the model is right.
    margins: Vec<f64>,
}

impl Messages {
    fn new(positive: &[bool]) -> Self {
        let signs = positive.iter().map(|&positive| if positive { 1.0 } else { -1.0 }).collect();
        Self { signs, margins: vec![0.0; positive.len()] }
    }

    /// First derivative of the loss by a weight of these messages, and a bound of the second one within `reach`.
    fn slope(&self, rows: impl Iterator<Item = u32>, reach: f64) -> (f64, f64) {
        let (mut slope, mut bend) = (0.0, 0.0);
        let far = reach.exp();
        for (sign, margin) in rows.filter_map(|row| Some((self.signs.get(row as usize)?, self.margins.get(row as usize)?))) {
            let near = (-margin.abs()).exp();
            slope -= sign * if *margin > 0.0 { near } else { 1.0 } / (1.0 + near);
            let spread = near * far;
            bend += if spread >= 1.0 { 0.25 } else { 1.0 / (2.0 + spread + spread.recip()) };
        }
        (slope, bend.max(FLAT))
    }

    /// Moves a weight of these messages to where the bound says the loss is least; how far it went.
    fn step(&mut self, rows: impl Iterator<Item = u32> + Clone, weight: &mut Weight, price: f64) -> f64 {
        let (slope, bend) = self.slope(rows.clone(), weight.reach);
        let pull = bend * weight.value - slope;
        let best = (pull.abs() - price).max(0.0).copysign(pull) / bend;
        let moved = (best - weight.value).clamp(-weight.reach, weight.reach);
        // A weight that is to be zero is zero, not nearly so.
        weight.value = if best == 0.0 && moved == -weight.value { 0.0 } else { weight.value + moved };
        weight.reach = (2.0 * moved.abs()).max(weight.reach / 2.0);
        if moved != 0.0 {
            for row in rows {
                if let (Some(sign), Some(margin)) = (self.signs.get(row as usize), self.margins.get_mut(row as usize)) {
                    *margin += sign * moved;
                }
            }
        }
        moved.abs()
    }
}

/// Learns weights of features from the numbers of the messages that each stands in.
pub fn solve(columns: &[&[u32]], positive: &[bool], strength: f64) -> Model {
    let mut messages = Messages::new(positive);
    let mut weights = vec![Weight::NEW; columns.len()];
    let mut intercept = Weight::NEW;
    let mut pass = |all: bool| {
        let mut most = messages.step(0..positive.len() as u32, &mut intercept, 0.0);
        for (column, weight) in columns.iter().zip(&mut weights).filter(|(_, weight)| all || weight.value != 0.0) {
            most = messages.step(column.iter().copied(), weight, strength.recip()).max(most);
        }
        most < ENOUGH
    };
    for _ in 0..PASSES {
        if pass(true) {
            break;
        }
        let _settled = (0..INNER_PASSES).any(|_| pass(false));
    }
    Model { weights: weights.iter().map(|weight| weight.value).collect(), intercept: intercept.value }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Ten positive messages, thirty others.
    fn positive() -> Vec<bool> {
        (0..40).map(|message| message < 10).collect()
    }

    #[test]
    fn features_that_tell_get_weights_and_others_none() {
        // What tells stands in some other messages as well, but there with what speaks against it.
        let tells: Vec<u32> = (0..9).chain(20..30).collect();
        let (speaks_against, everywhere): (Vec<u32>, Vec<u32>) = ((20..35).collect(), (0..40).collect());
        let alike: Vec<u32> = (0..40).filter(|message| message % 5 == 0).collect();
        let columns: [&[u32]; 5] = [&tells, &speaks_against, &everywhere, &alike, &[]];
        let model = solve(&columns, &positive(), 1.0);
        assert!(model.weights[0] > 1.0, "{model:?}");
        assert!(model.weights[1] < -1.0, "{model:?}");
        assert_eq!(model.weights[2..], [0.0, 0.0, 0.0], "{model:?}");
        assert_eq!(model, solve(&columns, &positive(), 1.0));
    }

    #[test]
    fn the_loss_is_flat_where_it_ends() {
        let columns: [&[u32]; 2] = [&[0, 1, 2, 3, 4, 5, 6, 30, 31], &[5, 6, 7, 8, 9, 32, 33, 34]];
        let model = solve(&columns, &positive(), 0.5);
        let score =
            |row: u32| model.intercept + columns.iter().zip(&model.weights).filter(|(c, _)| c.contains(&row)).map(|(_, w)| w).sum::<f64>();
        let slope = |rows: &mut dyn Iterator<Item = u32>| -> f64 {
            rows.map(|row| 1.0 / (1.0 + (-score(row)).exp()) - if positive()[row as usize] { 1.0 } else { 0.0 }).sum()
        };
        assert!(slope(&mut (0..40)).abs() < 0.02, "{model:?}");
        for (column, weight) in columns.iter().zip(&model.weights) {
            assert!(*weight > 0.0, "{model:?}");
            assert!((slope(&mut column.iter().copied()) + 2.0).abs() < 0.02, "{model:?}");
        }
    }

    #[test]
    fn without_features_the_intercept_is_the_share() {
        let model = solve(&[], &positive(), 1.0);
        assert!((model.intercept - (10.0_f64 / 30.0).ln()).abs() < 0.01, "{model:?}");
    }
}
