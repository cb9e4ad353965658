/** Chart.js plugin: shaded spans (out of stock, events) and the line where the forecast begins. */
export function shadePlugin(getModel, colors) {
    const x = (chart, place) => {
        const { left, right } = chart.chartArea;
        const count = chart.data.labels.length || 1;
        return left + ((place + 0.5) / count) * (right - left);
    };
    return {
        id: "gantryShade",
        beforeDatasetsDraw(chart) {
            const model = getModel();
            const { ctx } = chart;
            const { top, bottom } = chart.chartArea;
            ctx.save();
            for (const span of model.outOfStock) {
                ctx.fillStyle = colors.outOfStock;
                ctx.fillRect(x(chart, span.from), top, x(chart, span.to) - x(chart, span.from), bottom - top);
            }
            for (const event of model.events) {
                const begin = x(chart, event.from);
                const width = Math.max(x(chart, event.to) - begin, 3);
                ctx.fillStyle = colors[event.type] || colors.other;
                ctx.fillRect(begin, top, width, 5);
                ctx.globalAlpha = 0.08;
                ctx.fillRect(begin, top, width, bottom - top);
                ctx.globalAlpha = 1;
            }
            ctx.strokeStyle = colors.now;
            ctx.setLineDash([4, 4]);
            ctx.beginPath();
            ctx.moveTo(x(chart, model.start), top);
            ctx.lineTo(x(chart, model.start), bottom);
            ctx.stroke();
            ctx.restore();
        },
    };
}
