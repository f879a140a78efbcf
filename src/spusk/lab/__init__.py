"""The lab: gradient descent in the browser (`spusk lab`), served to this machine alone.

guard: the door every request passes before routing; app: the routes; jobs: work off the event
loop; page: what the browser runs. Needs the extra `spusk[lab]`; nothing here loads by itself.
"""
