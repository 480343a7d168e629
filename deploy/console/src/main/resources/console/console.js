// What htmx does not do: pause the live table, say whether it is connected, copy a record, draw the plots.
document.addEventListener('DOMContentLoaded', () => {
  const pause = document.getElementById('pause');
  const connection = document.getElementById('connection');
  const live = document.getElementById('live');
  const now = document.getElementById('now');
  let isPaused = false;
  let skipped = null;
  let stream = null;

  const show = text => { if (connection && connection.textContent !== text) connection.textContent = text; };

  if (pause) {
    pause.addEventListener('click', () => {
      isPaused = !isPaused;
      pause.textContent = isPaused ? 'Go on' : 'Pause';
      show(isPaused ? 'Paused' : 'Live');
      catchUp();
    });
    live.addEventListener('focusout', event => {
      if (!live.contains(event.relatedTarget)) catchUp();
    });
    // A browser opens six connections to one address, and a page in the background needs none.
    document.addEventListener('visibilitychange', () => {
      if (stream) stream.close();
      // On this event htmx's extension opens a stream.
      if (!document.hidden) htmx.trigger(live, 'htmx:afterProcessNode');
    });
  }

  // The server sends a table once, so the last one that was not shown is kept.
  const catchUp = () => {
    if (skipped && !isPaused) live.innerHTML = skipped;
    skipped = isPaused ? skipped : null;
  };
  document.body.addEventListener('htmx:sendError', () => {
    if (now) now.textContent = 'The gateway does not answer. Trying again.';
  });
  document.body.addEventListener('htmx:sseOpen', event => {
    // The extension tries again by itself after a refusal: that one must not stay beside this one.
    if (stream && stream !== event.detail.source) stream.close();
    stream = event.detail.source;
    if (document.hidden) stream.close();
    show(isPaused ? 'Paused' : 'Live');
  });
  document.body.addEventListener('htmx:sseError', () => show('Not connected. Trying again.'));
  document.body.addEventListener('htmx:sseBeforeMessage', event => {
    // A table that is replaced would take the focus from the link that a keyboard has reached.
    const isFocused = live && live.contains(document.activeElement);
    skipped = isPaused || isFocused ? event.detail.data : null;
    if (skipped) event.preventDefault();
    show(isPaused ? 'Paused' : isFocused ? 'Held while the table has the focus' : 'Live');
  });

  document.body.addEventListener('click', event => {
    const button = event.target.closest('.copy');
    if (!button) return;
    const record = button.parentElement.querySelector('pre');
    // Without TLS a browser lets pages of this machine only write to the clipboard.
    const select = () => {
      getSelection().selectAllChildren(record);
      button.textContent = 'Selected: press Ctrl-C';
    };
    if (navigator.clipboard) {
      navigator.clipboard.writeText(record.textContent).then(() => { button.textContent = 'Copied'; }, select);
    } else {
      select();
    }
  });

  const plots = document.getElementById('plots');
  if (plots) drawPlots(plots);
});

function drawPlots(plots) {
  const colour = name => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const drawn = [];
  for (const element of plots.querySelectorAll('[data-plot]')) {
    const axis = { stroke: colour('--dim'), grid: { stroke: colour('--line'), width: 1 }, ticks: { stroke: colour('--line') } };
    const clock = (self, seconds) => seconds.map(one => new Date(one * 1000).toISOString().slice(11, 19));
    const plot = new uPlot({
      width: element.clientWidth,
      height: 180,
      legend: { show: false },
      scales: { y: { range: (self, low, high) => [0, Math.max(1, high * 1.1)] } },
      axes: [{ ...axis, values: clock }, { ...axis, size: 60 }],
      series: [{}, { stroke: colour('--accent'), width: 2, points: { show: false } }],
    }, [[], []], element);
    drawn.push({ element, plot });
  }
  const refresh = async () => {
    const answer = await fetch(plots.dataset.figures).catch(() => null);
    if (!answer || !answer.ok) return;
    const figures = await answer.json();
    for (const { element, plot } of drawn) plot.setData([figures.at, figures[element.dataset.plot]]);
  };
  refresh();
  setInterval(refresh, 5000);
  window.addEventListener('resize', () => {
    for (const { element, plot } of drawn) plot.setSize({ width: element.clientWidth, height: 180 });
  });
}
