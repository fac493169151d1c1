// Says that a reason is needed as soon as the chosen position, or the pressed button, needs one.
export default function voteForm(form) {
  const reason = form.querySelector('[data-reason]');
  const update = (needed) => {
    reason.required = needed;
    for (const mark of form.querySelectorAll('[data-reason-required]')) mark.hidden = !needed;
    for (const mark of form.querySelectorAll('[data-reason-optional]')) mark.hidden = needed;
  };
  const chosen = () => Boolean(form.querySelector('input[data-needs-reason]:checked'));
  form.addEventListener('change', () => update(chosen()));
  form.addEventListener('click', (event) => {
    const button = event.target.closest('button:not([type=button])');
    if (button) update(chosen() || 'needsReason' in button.dataset);
  });
  update(chosen());
}
