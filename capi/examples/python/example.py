"""Judges each argument, or a message that shows what a finding is."""

import sys

import sidestep

scanner = sidestep.Scanner(sidestep.Filter())
for message in sys.argv[1:] or ["see you at eight", "add me on wh4ts@pp +1 415 555 0132"]:
    verdict = scanner.scan(message)
    print(f"{verdict['action'] if verdict else 'allow':7}{message}")
    for finding in verdict["findings"] if verdict else []:
        print(f"       {finding['rule']}: {finding['text']!r} {' '.join(finding['evasion'])}")
