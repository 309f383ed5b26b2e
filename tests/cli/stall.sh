#!/bin/sh
# Runs that come to a stop: what is said of who waits for what, why each agent does not run it, and who holds it.
. "$(dirname "$0")/lib.sh"

# Nothing can make progress: who waits for what, and who holds it; exit 1, unless the scenario is to show that.
cat >"$dir/stuck.yaml" <<'END'
name: stuck
duration: 1h
agents: [{name: n, count: 3, resources: "cpus:4;mem:4096;cpus(db):4"}]
frameworks:
  - {name: web, model: marathon, role: web, apps: [{id: /a, instances: 6, cpus: 2, mem: 100}]}
  - {name: jobs, model: batch, role: jobs, arrivals: 10s, jobs: 3, tasks: 2, cpus: 2, mem: 512, duration: 1m}
END
run "a run that comes to a stop" 1 "$holdfast" run "$dir/stuck.yaml" -o "$dir/stuck"
out "! stalled: no task was launched or ended after 1 s"
out "  jobs: 6 tasks wait since 10 s for cpus:2; mem:512"
out "cpus: 24 in all, tasks of web hold 12, 0 out in offers"
out "it fits 3 of 3 agents, were they empty: 3 full"
err "stuck: it came to a stop with tasks waiting"
grep -q '"stall" : "no task was' "$dir/stuck/summary.json" || complain "summary.json does not say why"
run "the same, in a process of its own" 1 "$holdfast" run "$dir/stuck.yaml" -o "$dir/stuck" -f --reps 2 --jobs 2
out "! stalled in 2 of 2 replications: no task was"
run "the same, as it should be" 0 "$holdfast" run "$dir/stuck.yaml" -o "$dir/stuck" -f --set stall=expected
out "  stalled: no task was"
run "with room for all" 0 "$holdfast" run "$dir/stuck.yaml" -o "$dir/stuck" -f --set 'agents[0].resources=cpus:12;mem:4096'
run "while an agent is down" 0 "$holdfast" run "$dir/stuck.yaml" -o "$dir/stuck" -f \
    --set 'failures=[{what: agent-crash, fraction: 0.34, at: 50m, down: 1h}]'

cat >"$dir/below.yaml" <<'END'
name: below
duration: 1h
agents: [{name: n, count: 1, resources: "cpus(a):8;mem:4096"}]
frameworks: [{name: web, model: marathon, role: a/b, apps: [{id: /a, instances: 2, cpus: 6, mem: 100}]}]
END
run "what is reserved to a role above fits" 1 "$holdfast" run "$dir/below.yaml" -o "$dir/below"
out "it fits 1 of 1 agents, were they empty"


echo '{"id": "/a", "cmd": "true", "instances": 3, "cpus": 3, "mem": 100, "ports": [], "constraints": [["hostname", "LIKE", "full.*"]]}' >"$dir/full.json"
# One agent of each reason.
cat >"$dir/reasons.yaml" <<'END'
name: reasons
duration: 1h
roles: {jobs: {weight: 1}}
agents:
  - {name: small, count: 2, resources: "cpus:1;mem:4096"}
  - {name: theirs, count: 1, resources: "cpus(db):8;mem(db):4096"}
  - {name: full, count: 3, resources: "cpus:4;mem:4096"}
  - {name: lost, count: 1, resources: "cpus:4;mem:4096", attributes: "room:cellar"}
frameworks:
  - {name: web, model: marathon, role: web, start: 1s, apps: [full.json]}
  - {name: jobs, model: batch, role: jobs, start: 10m, arrivals: 10s, jobs: 1, tasks: 2, cpus: 2, mem: 512, duration: 1m}
failures:
  - {what: host-loss, at: 5m, attribute: "room:cellar"}
END
run "a host that is lost for good" 1 "$holdfast" run "$dir/reasons.yaml" -o "$dir/reasons"
out "  jobs: 2 tasks wait since 610 s for cpus:2; mem:512"
out "it fits 3 of 7 agents, were they empty: 1 down for good, 2 too small, 1 reserved to others, 3 full"
out "cpus: 22 in all, tasks of web hold 9"

# One sits on all that it is offered; the other waits.
cat >"$dir/held.yaml" <<'END'
name: held
duration: 2h
agents: [{name: n, count: 4, resources: "cpus:4;mem:4096"}]
frameworks:
  - {name: holder, model: batch, role: holder, arrivals: 1s, jobs: 1, tasks: 100, tasks_per_offer: 1, cpus: 1, mem: 64, duration: 1h, hold: all, think: {base: 30d}}
  - {name: jobs, model: batch, role: jobs, start: 10m, arrivals: 10s, jobs: 1, tasks: 2, cpus: 2, mem: 512, duration: 1m}
expect:
  - framework.jobs.launched == 2
END
run "who holds the offers" 1 "$holdfast" run "$dir/held.yaml" -o "$dir/held"
out "  jobs: 2 tasks wait since 610 s for cpus:2; mem:512"
out "it fits 4 of 4 agents, were they empty: 4 out in offers"
out "cpus: 16 in all, 16 out in offers (holder 16)"
# It stalls, and misses an expectation: both are told, and the failure comes first.
out "framework.jobs.launched == 2"
err "held: it came to a stop with tasks waiting"
run "a stall that is expected leaves the expectation" 3 "$holdfast" run "$dir/held.yaml" -o "$dir/held" -f --set stall=expected
run "an expectation that is met leaves the stall" 1 "$holdfast" run "$dir/held.yaml" -o "$dir/held" -f --set 'expect=[framework.jobs.launched == 0]'

cat >"$dir/quota.yaml" <<'END'
name: quota
duration: 1h
roles: {jobs: {limit: "cpus:1;mem:4096"}}
agents: [{name: n, count: 2, resources: "cpus:4;mem:4096"}]
frameworks: [{name: jobs, model: batch, role: jobs, arrivals: 10s, jobs: 1, tasks: 2, cpus: 2, mem: 512, duration: 1m}]
END
run "what quota keeps back" 1 "$holdfast" run "$dir/quota.yaml" -o "$dir/quota"
out "it fits 2 of 2 agents, were they empty: 2 kept back by quota"

echo '[{"id": "/a", "cmd": "true", "instances": 1, "cpus": 4, "mem": 100, "ports": [], "constraints": [["rack", "IS", "b"]]},
  {"id": "/b", "cmd": "true", "instances": 1, "cpus": 3, "mem": 100, "ports": [], "constraints": [["rack", "IS", "b"]]}]' >"$dir/racks.json"
cat >"$dir/barred.yaml" <<'END'
name: barred
duration: 1h
agents:
  - {name: n, count: 2, resources: "cpus:4;mem:4096", attributes: "rack:a"}
  - {name: m, count: 1, resources: "cpus:4;mem:4096", attributes: "rack:b"}
frameworks:
  - {name: web, model: marathon, role: web, apps: [racks.json]}
END
run "what constraints forbid" 1 "$holdfast" run "$dir/barred.yaml" -o "$dir/barred"
out "it fits 3 of 3 agents, were they empty: 2 against its constraints, 1 full"

# It declined everything for a day while it had no work, and does not revive.
cat >"$dir/filtered.yaml" <<'END'
name: filtered
duration: 6h
agents: [{name: n, count: 2, resources: "cpus:4;mem:4096"}]
frameworks: [{name: late, model: batch, role: late, arrivals: 30m, jobs: 1, cpus: 2, mem: 64, duration: 10m, suppress: false, refuse: 1d}]
END
run "what it declined" 1 "$holdfast" run "$dir/filtered.yaml" -o "$dir/filtered"
out "it fits 2 of 2 agents, were they empty: 2 filtered (declined before)"

cat >"$dir/missed.yaml" <<'END'
name: missed
duration: 6h
agents: [{name: n, count: 1, resources: "cpus:4;mem:4096;disk:4096"}]
frameworks:
  - {name: web, model: marathon, role: web, apps: [{id: /a, instances: 1, cpus: 4, mem: 100}]}
  - {name: cron, model: chronos, role: cron, start: 1m, jobs: [night.json]}
END
echo '[{"name": "night", "command": "true", "schedule": "R/2015-01-01T00:10:00Z/PT1H", "epsilon": "PT1M", "cpus": 1, "mem": 64}]' >"$dir/night.json"
run "jobs that missed each of their times" 1 "$holdfast" run "$dir/missed.yaml" -o "$dir/missed"
out "too late each time and never ran; it is cpus:1"

# Tied to one host: why it does not come back there.
cat >"$dir/pod.json" <<'END'
{"id": "/pod", "containers": [
  {"name": "a", "resources": {"cpus": 1, "mem": 100}},
  {"name": "b", "resources": {"cpus": 0.5, "mem": 50}, "volumeMounts": [{"name": "v"}]}],
 "volumes": [{"name": "v", "persistent": {"size": 200}}]}
END
cat >"$dir/tied.yaml" <<'END'
name: tied
duration: 6h
agents: [{name: n, count: 2, resources: "cpus:4;mem:4096;disk:4096;ports:[31000-31009]"}]
frameworks:
  - {name: pods, model: marathon, role: pods, principal: p, apps: [pod.json]}
  - {name: web, model: marathon, role: web, principal: p, start: 10s, apps: [{id: /db, instances: 1, cpus: 1, mem: 100, disk: 100, residency: true}]}
failures: [{what: host-loss, at: 1h, replaced_after: 10m}]
END
run "its volume went with its host" 1 "$holdfast" run "$dir/tied.yaml" -o "$dir/tied"
out "  pods: 1 task of /pod waits since"
out "  web: 1 task of apps[0] (/db) waits since"
[ "$(grep -c "    what it had reserved or stored there is gone: the host came back without it" "$dir/out")" = 2 ] ||
    complain "it is not said of both that what they had stored is gone"
run "its host is gone for good" 1 "$holdfast" run "$dir/tied.yaml" -o "$dir/tied" -f --set 'failures=[{what: host-loss, at: 1h}]'
[ "$(grep -c "    it is down for good" "$dir/out")" = 2 ] || complain "it is not said of both that their hosts are down"

# What it asks for is refused, each time.
cat >"$dir/refused.yaml" <<'END'
name: refused
duration: 6h
master: {acls: {permissive: true, reserve_resources: [{principals: {type: NONE}, roles: {type: ANY}}]}}
agents: [{name: n, count: 2, resources: "cpus:4;mem:4096;disk:4096;ports:[31000-31009]"}]
frameworks: [{name: web, model: marathon, role: web, principal: p, apps: [{id: /db, instances: 1, cpus: 1, mem: 100, disk: 100, residency: true}]}]
END
run "its reservation is refused" 1 "$holdfast" run "$dir/refused.yaml" -o "$dir/refused"
out "launches or reservations for it came to nothing"

# It would not take what there is, though there is enough: reserved otherwise, or another port.
echo '{"id": "/a", "cmd": "true", "instances": 1, "cpus": 1, "mem": 64, "ports": [], "acceptedResourceRoles": ["*"]}' >"$dir/bare.json"
cat >"$dir/unlike.yaml" <<'END'
name: unlike
duration: 6h
agents: [{name: n, count: 2, resources: "cpus(web):4;mem(web):4096"}]
frameworks: [{name: web, model: marathon, role: web, apps: [bare.json]}]
END
run "it takes what is reserved to nobody" 1 "$holdfast" run "$dir/unlike.yaml" -o "$dir/unlike"
out "it fits no agent, were it empty: 2 without the ports, disks or reservations that it takes"

cat >"$dir/apart.yaml" <<'END'
name: apart
duration: 6h
agents: [{name: n, count: 1, resources: "cpus:4;mem:4096"}]
operators:
  - {at: 10s, principal: ops, reserve_resources: {agent_id: {value: n-0}, resources: [{name: cpus, type: SCALAR, scalar: {value: 4}, reservations: [{type: DYNAMIC, role: web, principal: ops}]}]}}
frameworks: [{name: web, model: marathon, role: web, start: 1m, apps: [{id: /a, instances: 1, cpus: 1, mem: 64}]}]
END
run "what is reserved dynamically is no instance's" 1 "$holdfast" run "$dir/apart.yaml" -o "$dir/apart"
out "it fits no agent, were it empty: 1 reserved dynamically, for others or other instances"

echo '{"id": "/a", "cmd": "true", "instances": 3, "cpus": 1, "mem": 64, "portDefinitions": [{"port": 31005}], "requirePorts": true}' >"$dir/port.json"
cat >"$dir/port.yaml" <<'END'
name: port
duration: 6h
agents: [{name: n, count: 2, resources: "cpus:4;mem:4096;ports:[31000-31009]"}]
frameworks: [{name: web, model: marathon, role: web, apps: [port.json]}]
END
run "its port is in use" 1 "$holdfast" run "$dir/port.yaml" -o "$dir/port"
out "it fits 2 of 2 agents, were they empty: 2 whose ports or disks that it takes are in use"

# Judged by the roles that it has now, not by those of its scenario.
cat >"$dir/roles.yaml" <<'END'
name: roles
duration: 6h
agents:
  - {name: n, count: 2, resources: "cpus(a):4;mem(a):4096"}
  - {name: m, count: 2, resources: "cpus(b):4;mem(b):4096"}
frameworks:
  - {name: jobs, model: batch, role: a, failover_timeout: 1d, arrivals: 2h, jobs: 1, tasks: 1, cpus: 3, mem: 64, duration: 1h}
  - {name: full, model: marathon, role: b, apps: [{id: /full, instances: 2, cpus: 3, mem: 64}]}
failures: [{what: framework-failover, at: 1h, down: 10m, frameworks: [jobs], roles: [b]}]
END
run "its roles have changed" 1 "$holdfast" run "$dir/roles.yaml" -o "$dir/roles"
out "it fits 2 of 4 agents, were they empty: 2 reserved to others, 2 full"

# reason NAME TEXT: the cell of standard input comes to a stop for that reason.
reason() {
    { echo "name: $1"; cat; } >"$dir/$1.yaml"
    run "$1" 1 "$holdfast" run "$dir/$1.yaml" -o "$dir/$1"
    out "$2"
}
reason closed "it fits 3 of 3 agents, were they empty: 3 closed (draining, deactivated or not on the whitelist)" <<'END'
duration: 2h
master: {whitelist: [n-0, n-1]}
agents: [{name: n, count: 3, resources: "cpus:4;mem:4096"}]
frameworks: [{name: jobs, model: batch, role: jobs, start: 10m, arrivals: 10s, jobs: 1, tasks: 2, cpus: 2, mem: 512, duration: 1m}]
operators: [{at: 1m, deactivate_agent: {agent_id: {value: n-0}}}, {at: 1m, drain_agent: {agent_id: {value: n-1}}}]
END
reason minimum "it fits 1 of 1 agents, were they empty: 1 below min_allocatable_resources" <<'END'
duration: 2h
master: {min_allocatable_resources: "cpus:3"}
agents: [{name: n, count: 1, resources: "cpus:4;mem:4096"}]
frameworks:
  - {name: web, model: marathon, role: web, apps: [{id: /a, instances: 1, cpus: 2, mem: 100}]}
  - {name: jobs, model: batch, role: jobs, start: 10m, arrivals: 10s, jobs: 1, tasks: 2, cpus: 2, mem: 512, duration: 1m}
END
reason incapable "were they empty: 2 not for it (region, owner, capabilities, offer constraints)" <<'END'
duration: 2h
agents: [{name: n, count: 2, resources: "cpus:4;mem:4096;gpus:1"}]
frameworks: [{name: jobs, model: batch, role: jobs, start: 1m, arrivals: 10s, jobs: 1, tasks: 2, cpus: 2, mem: 512, duration: 1m}]
END
reason stopped "it fits no agent, were it empty: 2 without an agent, which refuses its flags" <<'END'
duration: 2h
agents: [{name: n, count: 2, resources: "cpus:4;mem:4096"}]
frameworks: [{name: jobs, model: batch, role: jobs, start: 1m, arrivals: 20m, jobs: 1, tasks: 2, cpus: 2, mem: 512, duration: 1m}]
failures: [{what: agent-restart, at: 10m, down: 10s, resources: "cpus:2;mem:4096"}]
END
reason unknown "it fits no agent, were it empty: 2 not registered" <<'END'
duration: 2h
agents: [{name: n, count: 2, resources: "cpus:4;mem:4096"}]
frameworks: [{name: jobs, model: batch, role: jobs, start: 1m, arrivals: 20m, jobs: 1, tasks: 2, cpus: 2, mem: 512, duration: 1m}]
operators: [{at: 1m, mark_agent_gone: {agent_id: {value: n-0}}}, {at: 1m, mark_agent_gone: {agent_id: {value: n-1}}}]
END
# The first REVIVE is lost, and there is no other.
reason suppressed "it fits 2 of 2 agents, were they empty: 2 not asked for (suppressed)" <<'END'
duration: 2h
agents: [{name: n, count: 2, resources: "cpus:4;mem:4096"}]
frameworks: [{name: jobs, model: batch, role: jobs, start: 1m, arrivals: 10s, jobs: 1, tasks: 2, cpus: 2, mem: 512, duration: 1m}]
failures: [{what: scheduler-partition, at: 65s, for: 10s}]
END
# Its RESERVE is lost, and for a day it waits for that.
reason unreserved "    what it asked to have reserved there has not been: the master refused it, or a message was lost" <<'END'
duration: 6h
agents: [{name: n, count: 2, resources: "cpus:4;mem:4096;disk:4096;ports:[31000-31009]"}]
frameworks: [{name: web, model: marathon, role: web, principal: p, start: 1m, task_reservation_timeout: 1d, apps: [{id: /db, instances: 1, cpus: 1, mem: 100, disk: 100, residency: true}]}]
failures: [{what: scheduler-partition, at: 60001500us, for: 10s, way: to-master}]
END
# While it waits to come back, another of its role takes what it has reserved.
printf '%s\n' name,cpu_milli,memory_mib,num_gpu,gpu_milli,gpu_spec,qos,pod_phase,creation_time,deletion_time,scheduled_time \
    pod-0,4000,100,0,0,,LS,Running,0,100000,1 >"$dir/pods.csv"
reason busy "    what it has reserved there is in use" <<'END'
duration: 6h
agents: [{name: n, count: 1, resources: "cpus:4;mem:4096;disk:4096;ports:[31000-31009]"}]
frameworks:
  - {name: web, model: marathon, role: web, principal: p, start: 1m, apps: [{id: /db, instances: 1, cpus: 1, mem: 100, disk: 100, residency: true}], backoff: 30m, max_backoff: 30m}
  - {name: pods, model: inflation, role: web, start: 3500s, workload: {model: openb, file: pods.csv}}
failures: [{what: task-failure, at: 58m, frameworks: [web]}]
END

# Orders that were lost: to their frameworks these tasks are launched, and to nobody else.
reason to-master "  jobs: 2 tasks wait since 70 s: launched, but the order was lost on its way to the master" <<'END'
duration: 2h
agents: [{name: n, count: 2, resources: "cpus:4;mem:4096"}]
frameworks: [{name: jobs, model: batch, role: jobs, start: 1m, arrivals: 10s, jobs: 1, tasks: 2, cpus: 2, mem: 512, duration: 1m, think: {base: 30s}}]
failures: [{what: scheduler-partition, at: 90s, for: 20s}]
END
run "an order that has not been given is not lost" 0 "$holdfast" run "$dir/to-master.yaml" -o "$dir/thinking" --set 'frameworks.jobs.think.base=3h'
run "a partition that repeats loses none" 0 "$holdfast" run "$dir/to-master.yaml" -o "$dir/repeated" --set network.retransmit_for=15m
echo '{"id": "/pod", "containers": [{"name": "a", "resources": {"cpus": 1, "mem": 100}}, {"name": "b", "resources": {"cpus": 0.5, "mem": 50}}]}' >"$dir/lost.json"
reason to-agent "  jobs: 2 tasks wait since 70 s: launched, but the order was lost on its way to the agent" <<'END'
duration: 2h
agents: [{name: n, count: 2, resources: "cpus:4;mem:4096;disk:100"}, {name: m, count: 2, resources: "gpus:1;cpus:4;mem:8192"}]
frameworks:
  - {name: jobs, model: batch, role: jobs, start: 1m, arrivals: 10s, jobs: 1, tasks: 2, cpus: 2, mem: 512, disk: 10, duration: 1m}
  - {name: etl, model: spark, role: etl, capabilities: [GPU_RESOURCES], start: 1m, arrivals: 10s, jobs: 1, stages: [{tasks: 4, duration: 10s}]}
  - {name: web, model: marathon, role: web, start: 65s, task_launch_confirm_timeout: none, task_launch_timeout: none, apps: [lost.json, {id: /a, instances: 2, cpus: 0.1, mem: 64}]}
failures: [{what: partition, at: 60s, for: 20s}]
END
out "  etl: 3 tasks wait: launched, but the order was lost on its way to the agent"
out "  web: 1 task of /pod waits since 65 s: launched, but the order was lost on its way to the agent"
out "  web: 2 tasks of apps[1] (/a) wait since 65 s: launched, but the order was lost on its way to the agent"
run "agents that were given up are asked again" 0 "$holdfast" run "$dir/to-agent.yaml" -o "$dir/again" \
    --set 'failures=[{what: partition, at: 60s, for: 3m}]'

# An order that is under way, and one that arrived on a host that is lost since, are not lost orders.
reason under-way "  gone: 2 tasks wait since 144 s: launched, but the order was lost on its way to the master" <<'END'
duration: 2h
network: {latency: 12s}
agents: [{name: n, count: 4, resources: "cpus:4;mem:4096"}]
frameworks:
  - {name: gone, model: batch, role: a, start: 1m, arrivals: 60s, jobs: 1, tasks: 2, cpus: 2, mem: 512, duration: 1m, think: {base: 30s}}
  - {name: late, model: batch, role: b, start: 1m, arrivals: 7086s, jobs: 1, tasks: 2, cpus: 2, mem: 512, duration: 1m}
failures: [{what: scheduler-partition, at: 174s, for: 40s, frameworks: [gone]}]
END
grep -q 'late: .*lost on its way' "$dir/out" && complain "an order that is under way is told as lost"
cat >"$dir/startup.yaml" <<'END'
name: startup
duration: 130s
agent: {executor_startup: 40s}
agents: [{name: n, count: 2, resources: "cpus:4;mem:4096"}, {name: k, count: 1, resources: "cpus:1;mem:100"}]
frameworks:
  - {name: jobs, model: batch, role: jobs, arrivals: 80s, jobs: 1, tasks: 2, cpus: 2, duration: 1h}
  - {name: early, model: batch, role: early, arrivals: 10s, jobs: 1, tasks: 1, cpus: 2, duration: 1h}
failures:
  - {what: scheduler-partition, at: 45s, for: 10s, frameworks: [early]}
  - {what: host-loss, at: 100s, agents: [n], detect: ping}
END
run "an order that arrived on a host that is lost since" 0 "$holdfast" run "$dir/startup.yaml" -o "$dir/startup"

# Tasks that are refused for good, and what they asked for.
cat >"$dir/fixtures.yaml" <<END
name: fixtures
duration: 1h
agents: [{name: n, count: 1, resources: "cpus:8;mem:65536"}]
frameworks: [{name: pods, model: inflation, role: pods, capabilities: [GPU_RESOURCES, MULTI_ROLE], workload: {model: openb, file: $PWD/tests/fixtures/openb-pods.csv}}]
END
run "tasks that were refused" 1 "$holdfast" run "$dir/fixtures.yaml" -o "$dir/fixtures"
out "it fits no agent, were it empty: 1 too small"

# Simulated time that stands still.
cat >"$dir/still.yaml" <<'END'
name: still
duration: 1h
network: {latency: 0s}
agents: [{name: n, count: 3, resources: "cpus:4;mem:4096"}]
frameworks: [{name: jobs, model: batch, role: jobs, arrivals: 0s, cpus: 2, mem: 512, duration: 0s}]
END
run "time that stands still" 1 "$holdfast" run "$dir/still.yaml" -o "$dir/still"
err "simulated time stands still at 0.000000000 s: 16 million messages and timers at that instant"
err "x demand"
[ ! -e "$dir/still" ] || complain "a run that never ended left results"

finish
