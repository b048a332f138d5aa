"""教え: what to do where a change of the workflows meets cases that are open."""

TEACHING = """
The commands of the workflows changed: above, - is what was accepted, + what the code asks for now.
Cases that are open were begun by the old code. Each is replayed on the new one; where that goes another way than the
history says, the case stops until a program comes that goes the old way.

Is an open case sure to go the same way as before (a function moved or renamed, a condition written differently)?
Then go on at step 4. Otherwise:

1. Give the change a name of its own, for example "remind-twice", and never use it for anything else.
2. Keep the old way beside the new one:

       if workflow.patched("remind-twice"):
           ...the new way...
       else:
           ...the old way, as it was...

3. Add a scene to tests/histories/record.py if none takes the new way, and record it:
       .venv/bin/python -m tests.histories.record NAME_OF_THE_SCENE
   Leave the other recordings as they are: they are the old cases.
4. make test T=tests/histories: every recorded history must replay.
5. Accept the commands, and commit the file with your change:
       .venv/bin/python -m tests.histories.fingerprint
6. Before it is deployed, against the city's own cases: madoguchi replay (docs/operations.md, "Safe to deploy?").
7. When no case received before that deployment is open any more: keep only the new way, with
   workflow.deprecate_patch("remind-twice") in front of it; one release later take that line out, too.
"""
WHAT_TO_DO = (
    "The workflows no longer ask for what a recorded history says they asked for: open cases would stop the same way. "
    'Keep the old way behind `if workflow.patched("what-changed"): … else: …`; tests/histories/teaching.py says how, '
    "step by step. Do not record the history anew: it stands for the cases that are open."
)
