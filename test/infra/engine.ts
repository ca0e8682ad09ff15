/* eslint @typescript-eslint/no-explicit-any: 'off', @typescript-eslint/no-unsafe-call: 'off' -- protoc's servers have no types */
import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { parse } from 'yaml';

/** What a program said to the engine: the resources it registered, the lines it logged, how it ended. */
export interface Run {
  code: number | null;
  resources: { type: string; name: string }[];
  logged: { severity: 'debug' | 'info' | 'warning' | 'error'; message: string }[];
  output: string;
}

const require = createRequire(import.meta.url);
/** Messages and services that protoc made of Pulumi's protocol: nobody has typed their servers. */
const load = (name: string): any => require(`@pulumi/pulumi/${name}`);
const severities = ['debug', 'info', 'warning', 'error'] as const;

/**
 * Runs the project as Pulumi's command line does (https://github.com/pulumi/pulumi, pkg/engine/project.go and the Node.js language host):
 * `main` of Pulumi.yaml is loaded by @pulumi/pulumi's own runner, in main's folder, and speaks gRPC to an engine. That engine is ours: it
 * takes every resource and answers a preview, where what Google would say is not known.
 */
export async function preview(
  project: string,
  config: Record<string, string>,
  stack = 'example',
): Promise<Run> {
  const run: Run = { code: null, resources: [], logged: [], output: '' };
  const engine = await startEngine(run);
  const { name, main, runtime } = parse(readFileSync(join(project, 'Pulumi.yaml'), 'utf8')) as { name: string; main: string; runtime: { options: { typescript: boolean } } }; // prettier-ignore
  const program = resolve(project, main);
  const runner = require.resolve('@pulumi/pulumi/cmd/run/index.js');
  const flags = { monitor: engine.address, engine: engine.address, project: name, stack, pwd: dirname(program), 'root-directory': resolve(project), parallel: '16' }; // prettier-ignore
  const child = spawn(
    process.execPath,
    [
      runner,
      ...Object.entries(flags).map(([flag, value]) => `--${flag}=${value}`),
      '--dry-run',
      program.slice(dirname(program).length + 1),
    ],
    {
      env: {
        ...process.env,
        PULUMI_CONFIG: JSON.stringify(config),
        PULUMI_NODEJS_TYPESCRIPT: String(runtime.options.typescript),
        NODE_OPTIONS: '',
      },
    },
  );
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (data) => (run.output += String(data)));
  [run.code] = (await once(child, 'close')) as [number | null];
  engine.stop();
  return run;
}

type Call = { request: any };
type Answer = (error: null, reply: unknown) => void;

async function startEngine(run: Run): Promise<{ address: string; stop: () => void }> {
  const grpc: any = createRequire(require.resolve('@pulumi/pulumi'))('@grpc/grpc-js');
  const [resource, engine] = [load('proto/resource_pb.js'), load('proto/engine_pb.js')];
  const struct: any = require('google-protobuf/google/protobuf/struct_pb.js');
  const empty: any = require('google-protobuf/google/protobuf/empty_pb.js');
  const reply = (make: () => unknown) => (_: Call, answer: Answer) => answer(null, make());
  const nothing = reply(() => new empty.Empty());
  const server = new grpc.Server();
  server.addService(load('proto/resource_grpc_pb.js').ResourceMonitorService, {
    supportsFeature: ({ request }: Call, answer: Answer) => {
      const response = new resource.SupportsFeatureResponse();
      // Those of an engine that needs no callbacks into the program.
      response.setHassupport(['secrets', 'resourceReferences', 'outputValues'].includes(request.getId()));
      answer(null, response);
    },
    registerResource: ({ request }: Call, answer: Answer) => {
      const [type, name] = [request.getType(), request.getName()] as [string, string];
      run.resources.push({ type, name });
      const response = new resource.RegisterResourceResponse();
      response.setUrn(`urn:pulumi:example::linkshare::${type}::${name}`);
      response.setObject(request.getObject());
      answer(null, response);
    },
    registerResourceOutputs: nothing,
    invoke: (_: Call, answer: Answer) => {
      const response = new resource.ResourceInvokeResponse();
      response.setReturn(struct.Struct.fromJavaScript({ number: '123456789' }));
      answer(null, response);
    },
    signalAndWaitForShutdown: nothing,
  });
  server.addService(load('proto/engine_grpc_pb.js').EngineService, {
    log: ({ request }: Call, answer: Answer) => {
      run.logged.push({
        severity: severities[request.getSeverity() as number]!,
        message: request.getMessage(),
      });
      answer(null, new empty.Empty());
    },
    getRootResource: reply(() => new engine.GetRootResourceResponse()),
    setRootResource: reply(() => new engine.SetRootResourceResponse()),
    requirePulumiVersion: reply(() => new engine.RequirePulumiVersionResponse()),
  });
  const port = await new Promise<number>(
    (done, fail) =>
    server.bindAsync('127.0.0.1:0', grpc.ServerCredentials.createInsecure(), (error: Error | null, bound: number) => (error ? fail(error) : done(bound))), // prettier-ignore
  );
  return {
    address: `127.0.0.1:${port}`,
    stop: () => void (server as { forceShutdown(): void }).forceShutdown(),
  };
}
