// Draws what a JSON script of the page holds with ECharts; the table beside each plot says the same.
"use strict";

const charts = [];

function token(name) {
  const probe = document.createElement("span");
  probe.className = "visually-hidden";
  probe.style.color = `var(${name})`;
  document.body.append(probe);
  const colour = getComputedStyle(probe).color;
  probe.remove();
  return colour;
}

function axes(colours) {
  const line = { lineStyle: { color: colours.line } };
  const label = { color: colours.quiet };
  return {
    value: { type: "value", axisLabel: label, splitLine: line, scale: false },
    names: (labels) => ({ type: "category", data: labels, axisLabel: label, axisLine: line, axisTick: { show: false } }),
  };
}

function columns(data, colours, axis) {
  return {
    xAxis: axis.names(data.labels),
    yAxis: { ...axis.value, minInterval: 1 },
    legend: { textStyle: { color: colours.ink }, top: 0 },
    series: data.series.map((row) => ({ type: "bar", name: row.name, data: row.values, barGap: "10%" })),
  };
}

function bars(data, colours, axis) {
  return {
    xAxis: axis.value,
    yAxis: { ...axis.names([...data.labels].reverse()), axisLabel: { color: colours.quiet, interval: 0, fontSize: 11 } },
    series: data.series.map((row) => ({ type: "bar", name: row.name, data: [...row.values].reverse(), barMaxWidth: 12, itemStyle: { color: colours.accent } })),
  };
}

// A bar that floats: an invisible one up to the lower bound, with the interval on top of it.
function intervals(data, colours, axis) {
  const spread = data.high.map((high, place) => Math.round((high - data.low[place]) * 100) / 100);
  const count = data.labels.length;
  const turned = (values) => [...values].reverse();
  const line = data.after > 0 && data.after < count ? [{ yAxis: data.labels[data.after - 1], label: { formatter: data.line } }] : [];
  return {
    xAxis: { ...axis.value, scale: true },
    yAxis: { ...axis.names(turned(data.labels)), axisLabel: { color: colours.quiet, interval: 0, fontSize: 11 } },
    series: [
      { type: "bar", stack: "interval", data: turned(data.low), itemStyle: { color: "transparent" }, silent: true, tooltip: { show: false }, barMaxWidth: 8 },
      { type: "bar", stack: "interval", data: turned(spread), itemStyle: { color: colours.accent, opacity: 0.35 }, silent: true, barMaxWidth: 8 },
      {
        type: "scatter", name: data.name, data: turned(data.middle), symbolSize: 8, itemStyle: { color: colours.accent },
        markLine: { symbol: "none", data: line, lineStyle: { color: colours.strong }, label: { color: colours.strong, position: "insideEndTop" } },
      },
    ],
  };
}

const KINDS = { columns, bars, intervals };

function draw(box) {
  const data = JSON.parse(document.getElementById(box.dataset.plot).textContent);
  const colours = {
    accent: token("--fp-accent"), track: token("--fp-line-control"), line: token("--fp-line"),
    ink: token("--fp-ink"), quiet: token("--fp-ink-quiet"), strong: token("--fp-ink-strong"),
  };
  if (data.labels.length > 24) {
    box.style.height = `${data.labels.length * 18 + 80}px`;
  }
  const chart = echarts.init(box, null, { renderer: "canvas" });
  chart.setOption({
    color: [colours.track, colours.accent],
    animation: false,
    textStyle: { fontFamily: getComputedStyle(document.body).fontFamily },
    grid: { left: 8, right: 24, top: 36, bottom: 8, containLabel: true },
    tooltip: { trigger: "axis", renderMode: "richText", axisPointer: { type: "shadow" } },
    ...KINDS[data.kind](data, colours, axes(colours)),
  });
  charts.push(chart);
}

document.querySelectorAll("[data-plot]").forEach(draw);
window.addEventListener("resize", () => charts.forEach((chart) => chart.resize()));
