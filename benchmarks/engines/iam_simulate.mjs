// The process of benchmarks/engines/iam_simulate.py: reads one JSON value per line and writes one.
// Argument: the folder that contains node_modules. The time of the decisions only is measured here: processor time, or
// elapsed time if that is less, because node compiles and collects garbage in other threads.
import { createRequire } from 'node:module'
import { createInterface } from 'node:readline'
import { join } from 'node:path'
import { readFileSync } from 'node:fs'

const folder = process.argv[2]
const require = createRequire(join(folder, 'package.json'))
const { runSimulation, runUnsafeSimulation } = require('@cloud-copilot/iam-simulate')
const { createValidatedPolicy, validateIdentityPolicy, validateResourcePolicy } = require('@cloud-copilot/iam-policy')
const manifest = join(folder, 'node_modules', '@cloud-copilot', 'iam-simulate', 'package.json')

let work = null

function clock() {
  const wall = performance.now()
  const usage = process.cpuUsage()
  return () => {
    const { user, system } = process.cpuUsage(usage)
    return Math.min((performance.now() - wall) / 1e3, (user + system) / 1e6)
  }
}

// Both policies are validated once, outside the measured time.
function load(given) {
  work = given
  work.identityPolicies = [{ name: 'identity', policy: createValidatedPolicy(given.identity, validateIdentityPolicy) }]
  work.resourcePolicy = createValidatedPolicy(given.resource, validateResourcePolicy, { name: 'resource' })
}

function simulation([resource, context], identityPolicies, resourcePolicy) {
  return {
    request: {
      principal: work.caller,
      action: work.action,
      resource: { resource, accountId: work.account },
      contextVariables: work.contexts[context]
    },
    identityPolicies,
    serviceControlPolicies: [],
    resourceControlPolicies: [],
    resourcePolicy
  }
}

async function decide({ requests, validating }) {
  const allowed = []
  const elapsed = clock()
  for (const each of requests) {
    const one = simulation(each, work.identityPolicies, work.resourcePolicy)
    const result = validating ? (await runSimulation(one, {})).overallResult : runUnsafeSimulation(one, {})
    allowed.push(result === 'Allowed')
  }
  return { allowed, seconds: elapsed() }
}

async function cold({ identity, resource, request }) {
  const elapsed = clock()
  const policies = [{ name: 'identity', policy: JSON.parse(identity) }]
  await runSimulation(simulation(request, policies, JSON.parse(resource)), {})
  return { seconds: elapsed() }
}

async function answer(message) {
  switch (message.do) {
    case 'version':
      return { version: JSON.parse(readFileSync(manifest, 'utf8')).version, node: process.versions.node }
    case 'load':
      load(message.work)
      return {}
    case 'decide':
      return decide(message)
    case 'cold':
      return cold(message)
  }
}

for await (const line of createInterface({ input: process.stdin })) {
  process.stdout.write(JSON.stringify(await answer(JSON.parse(line))) + '\n')
}
