use super::*;

fn bars(values: &[f64]) -> Chart {
    Chart {
        name: "test",
        title: "A < B & \u{7}C".to_owned(),
        x: Axis {
            names: values.iter().map(|v| v.to_string()).collect(),
            ..Axis::default()
        },
        series: vec![Series {
            name: "one".to_owned(),
            color: PALETTE[0],
            style: 1,
            marks: Marks::Bars(values.to_vec()),
        }],
        ..Chart::default()
    }
}

#[test]
fn an_axis_ends_on_a_round_number_above_everything() {
    for (value, top) in [
        (0.0, 1.0),
        (1.0, 1.0),
        (7.0, 8.0),
        (41.0, 60.0),
        (1_234.0, 1_500.0),
    ] {
        let chart = bars(&[value]);
        assert!((chart.top() - top).abs() < 1e-9, "{value}: {}", chart.top());
        assert!(chart.ticks().len() <= 6, "{:?}", chart.ticks());
        assert_eq!(chart.ticks().last().copied(), Some(chart.top()));
    }
}

#[test]
fn stacked_bars_count_together() {
    let mut chart = bars(&[3.0, 4.0]);
    chart.series.push(chart.series[0].clone());
    assert!(chart.top() >= 8.0);
}

#[test]
fn figures_are_as_people_write_them() {
    assert_eq!(figure(1_200.0, false), "1,200");
    assert_eq!(figure(0.5, false), "0.5");
    assert_eq!(figure(0.75, true), "75 %");
}

#[test]
fn a_picture_has_a_bar_for_each_value_and_words_that_are_xml() {
    let picture = svg(&bars(&[3.0, 0.0, 5.0]));
    assert_eq!(picture.matches("fill=\"url(#h0)\" stroke").count(), 2);
    assert!(picture.contains("A &lt; B &amp; C"), "{picture}");
    assert!(picture.contains("pattern id=\"h0\""));
}

#[test]
fn few_of_many_names_are_shown() {
    let names: Vec<String> = (0..95).map(|n| n.to_string()).collect();
    let shown = shown_names(&names, 10);
    assert_eq!((shown.len(), shown[1]), (10, (10, "10")));
}
