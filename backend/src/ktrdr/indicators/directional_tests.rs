use super::*;

#[test]
fn where_nothing_moves_there_is_no_trend_and_the_close_is_in_the_middle() {
    let flat = [5.0; 9];
    let lines = directional(&flat, &flat, &flat, 2);
    assert_eq!(lines.adx[2..4], [None, Some(0.0)]);
    assert_eq!((lines.plus[8], lines.minus[8]), (Some(0.0), Some(0.0)));
    let lines = stochastic(&flat, &flat, &flat, 3, 1, 1);
    assert_eq!((lines.k[1], lines.d[8]), (None, Some(50.0)));
}

#[test]
fn a_rise_without_a_fall_is_all_trend() {
    let rising: Vec<f64> = (1..=30).map(f64::from).collect();
    let lines = directional(&rising, &rising, &rising, 5);
    let near = |value: Option<f64>| value.is_some_and(|value| (value - 100.0).abs() < 1e-9);
    assert!(near(lines.adx[29]) && near(lines.plus[29]), "{lines:?}");
    assert_eq!(lines.minus[29], Some(0.0));
}

#[test]
fn a_period_without_trades_has_no_ratio() {
    let ratio = volume_ratio(&[0.0, 0.0, 3.0, 1.0], 2);
    assert_eq!(ratio, [None, None, Some(2.0), Some(0.5)]);
}
