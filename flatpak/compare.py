#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Compares the summaries of the same run outside and inside of the sandbox, in all that does not depend
on time: the lanes, how they ended, tasks, queues, cores, and which figures are known at all.

Usage: compare.py OUTSIDE.json INSIDE.json. Prints what is the same, in one line; or each difference,
and then its exit code is 1.
"""
import json
import sys


def unknown(value, path=''):
    """The paths of all figures that are null; those of lists count once, so their order says nothing."""
    if value is None:
        return {path}
    if isinstance(value, dict):
        return set().union(*(unknown(inner, f'{path}/{name}') for name, inner in value.items()))
    if isinstance(value, list):
        return set().union(*(unknown(inner, f'{path}/*') for inner in value))
    return set()


def facts(summary):
    """What has to be the same in both."""
    tasks = summary['tasks']
    return {
        'workload': summary['workload'],
        'parameters': summary['parameters'],
        'seed': summary['seed'],
        'outcome': summary['outcome'],
        'message': summary['message'],
        'nice': summary['nice'],
        'lanes': sorted((lane['name'], lane['kind'], lane['end'], lane['exit_code'], lane['signal'],
                         lane['scheduling_source']) for lane in summary['lanes']),
        'tasks': [tasks[name] for name in ('submitted', 'completed', 'failed', 'lost')],
        'tasks of all lanes': sum(lane['tasks'] for lane in summary['lanes']),
        'list of tasks': sorted((task['id'], task['name'], task['outcome'])
                                for task in summary['task_list']),
        'queues': [(queue['name'], queue['capacity'], queue['puts'], queue['gets'])
                   for queue in summary['queues']],
        'cores': [core['core'] for core in summary['cores']],
        'dropped events': summary['events']['dropped'],
        'names of results': sorted(summary['result']),
        'unknown figures': sorted(unknown(summary)),
    }


def main():
    summaries = []
    for path in sys.argv[1:3]:
        with open(path, encoding='utf-8') as file:
            summaries.append(json.load(file))
    outside, inside = (facts(summary) for summary in summaries)
    different = [name for name in outside if outside[name] != inside[name]]
    for name in different:
        print(f'{name}: outside {outside[name]}, inside {inside[name]}')
    if different:
        return 1
    kinds = [lane[1] for lane in inside['lanes']]
    print(f"{len(kinds)} lanes ({kinds.count('process')} processes, {kinds.count('thread')} threads),"
          f" {inside['tasks'][1]} tasks, {len(inside['cores'])} cores, {inside['outcome']}")
    return 0


if __name__ == '__main__':
    sys.exit(main())
