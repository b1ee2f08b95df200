// The trend as stacked bars; a click on a day leads to its posts. The table below says the same.
"use strict";

const chartBox = document.getElementById("chart");

function colour(name) {
  const probe = document.createElement("i");
  probe.style.color = `var(--${name})`;
  chartBox.append(probe);
  const found = getComputedStyle(probe).color;
  probe.remove();
  return found;
}

function grouped(value, separator) {
  return String(value).replace(/\B(?=(\d{3})+$)/g, separator);
}

const FILLS = { negative: "negative", positive: "positive", spam: "spam-bar", duplicate: "duplicate-bar", pending: "pending-bar" };

function option(data) {
  const ink = colour("ink-soft");
  const line = colour("line");
  const face = getComputedStyle(document.body).fontFamily;
  const failed = data.failed.flatMap((says, i) => (says ? [[{ xAxis: i }, { xAxis: i }]] : []));
  const bars = data.series.map((each) => ({
    name: each.name, type: "bar", stack: "posts", data: each.posts, barCategoryGap: "18%", barMinWidth: 1,
    itemStyle: { color: colour(FILLS[each.bin]), borderColor: each.bin === "pending" ? colour("line-strong") : undefined, borderWidth: each.bin === "pending" ? 0.5 : 0 },
    emphasis: { disabled: true },
  }));
  const top = Math.max(1, ...data.labels.map((_, i) => data.series.reduce((sum, s) => sum + s.posts[i], 0)));
  if (failed.length) {
    bars.push({
      name: data.failed_name, type: "bar", barGap: "-100%", z: 1, silent: true,
      data: data.failed.map((says) => (says ? top : null)),
      itemStyle: { color: "transparent", decal: { symbol: "rect", dashArrayX: [1, 0], dashArrayY: [2, 4], rotation: -Math.PI / 4, color: colour("line-strong") } },
    });
  }
  return {
    animation: false,
    aria: { enabled: true, decal: { show: false }, label: { enabled: false } },
    textStyle: { fontFamily: face, color: ink },
    grid: { left: 8, right: 8, top: chartBox.clientWidth < 560 ? 64 : 40, bottom: 4, containLabel: true },
    legend: { top: 0, left: 0, itemWidth: 12, itemHeight: 12, itemGap: 16, textStyle: { color: ink, fontSize: 13, fontFamily: face }, inactiveColor: line },
    tooltip: {
      trigger: "axis", axisPointer: { type: "shadow" }, renderMode: "richText", confine: true,
      backgroundColor: colour("card"), borderColor: colour("line-strong"),
      textStyle: { color: colour("ink"), fontSize: 13, fontFamily: face },
      formatter: (points) => says(data, points[0].dataIndex),
    },
    xAxis: { type: "category", data: data.labels, axisTick: { show: false }, axisLine: { lineStyle: { color: line } }, axisLabel: { color: ink, hideOverlap: true, fontFamily: face } },
    yAxis: { type: "value", minInterval: 1, splitLine: { lineStyle: { color: line } }, axisLabel: { color: ink, fontFamily: face, formatter: (v) => grouped(v, data.separator) } },
    series: bars,
  };
}

function says(data, index) {
  const lines = [data.labels[index]];
  for (const each of data.series) lines.push(`${each.name}: ${grouped(each.posts[index], data.separator)}`);
  if (data.failed[index]) lines.push(data.failed[index]);
  return lines.join("\n");
}

function draw() {
  const data = JSON.parse(document.getElementById("chart-data").textContent);
  const chart = echarts.init(chartBox, null, { renderer: "canvas" });
  chart.setOption(option(data));
  chart.getZr().on("click", (event) => {
    const [index] = chart.convertFromPixel({ gridIndex: 0 }, [event.offsetX, event.offsetY]);
    if (chart.containPixel("grid", [event.offsetX, event.offsetY]) && data.links[index]) {
      window.location.assign(data.links[index]);
    }
  });
  new ResizeObserver(() => chart.resize()).observe(chartBox);
  window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => chart.setOption(option(data)));
}

if (chartBox) document.fonts.ready.then(draw);

document.addEventListener("keydown", (event) => {
  const table = document.getElementById("trend-table");
  if (event.key !== "t" || !table || typing(event) || document.querySelector("dialog[open]")) return;
  table.open = !table.open;
  if (table.open) table.querySelector("summary").focus();
});
