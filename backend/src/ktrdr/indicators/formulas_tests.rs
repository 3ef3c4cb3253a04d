use super::*;

#[track_caller]
fn near(values: &[Option<f64>], at: usize, expect: f64) {
    let value = values[at].unwrap();
    assert!((value - expect).abs() < 0.005, "{value} is not {expect}");
}

/// The closes of StockCharts' RSI example.
const CLOSES: [f64; 33] = [
    44.3389, 44.0902, 44.1497, 43.6124, 44.3278, 44.8264, 45.0955, 45.4245, 45.8433, 46.0826,
    45.8931, 46.0328, 45.6140, 46.2820, 46.2820, 46.0028, 46.0328, 46.4116, 46.2222, 45.6439,
    46.2122, 46.2521, 45.7137, 46.4515, 45.7835, 45.3548, 44.0288, 44.1783, 44.2181, 44.5672,
    43.4205, 42.6628, 43.1314,
];

#[test]
fn rsi_has_the_known_values() {
    let rsi = rsi(&CLOSES, 14);
    assert_eq!(rsi.len(), CLOSES.len());
    assert_eq!(rsi[13], None);
    near(&rsi, 14, 70.53);
    near(&rsi, 15, 66.32);
    near(&rsi, 16, 66.55);
    near(&rsi, 32, 37.77);
}

#[test]
fn averages_have_the_known_values() {
    let values = [
        22.27, 22.19, 22.08, 22.17, 22.18, 22.13, 22.23, 22.43, 22.24, 22.29, 22.15, 22.39, 22.38,
    ];
    let (sma, ema) = (sma(&values, 10), ema(&values, 10));
    assert_eq!((sma[8], ema[8]), (None, None));
    near(&sma, 9, 22.22);
    near(&sma, 12, 22.26);
    near(&ema, 9, 22.22);
    near(&ema, 11, 22.24);
    near(&ema, 12, 22.27);
}

#[test]
fn other_indicators_have_values_worked_out_by_hand() {
    let straight: Vec<f64> = (1..=60).map(f64::from).collect();
    // Averages of a straight line lag by a constant, so the histogram is 0.
    near(&macd(&straight, 12, 26, 9).histogram, 59, 0.0);
    assert_eq!(macd(&straight, 12, 26, 9).histogram[32], None);
    // Of 1, 2, 3: mean 2, deviation 0.8165, upper band 3.633, lower band 0.367.
    near(&bollinger(&straight, 3, 2.0).position, 2, 0.806);
    near(&bollinger(&[5.0; 4], 3, 2.0).position, 3, 0.5);
    // True ranges 2, 3 (a jump from 1 to 4) and 1: the mean of the first two, then Wilder's step.
    near(
        &atr(
            &[1.0, 2.0, 5.0, 4.5],
            &[1.0, 0.0, 4.0, 3.5],
            &[1.0, 2.0, 4.0, 4.0],
            2,
        ),
        2,
        2.5,
    );
    near(
        &atr(
            &[1.0, 2.0, 5.0, 4.5],
            &[1.0, 0.0, 4.0, 3.5],
            &[1.0, 2.0, 4.0, 4.0],
            2,
        ),
        3,
        1.75,
    );
    near(&change(&[10.0, 11.0, 12.1], 2), 2, 0.21);
    assert_eq!(change(&[10.0, 0.0, 5.0], 1)[2], None);
    near(&volatility(&[1.0, 2.0, 2.0], 2), 2, 0.5);
    near(&rsi(&[7.0; 20], 14), 19, 50.0);
}

#[test]
fn no_value_depends_on_later_bars() {
    let all = |closes: &[f64]| {
        [
            sma(closes, 5),
            ema(closes, 5),
            rsi(closes, 5),
            macd(closes, 3, 6, 4).histogram,
            bollinger(closes, 5, 2.0).position,
            atr(closes, closes, closes, 5),
            change(closes, 3),
            volatility(closes, 5),
        ]
    };
    let whole = all(&CLOSES);
    for end in 0..CLOSES.len() {
        for (part, whole) in all(&CLOSES[..end]).iter().zip(&whole) {
            assert_eq!(part.as_slice(), &whole[..part.len()]);
            assert_eq!(part.len(), end);
        }
    }
}
