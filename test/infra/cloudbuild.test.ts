import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';

interface Step {
  id: string;
  name: string;
  args: string[];
  waitFor?: string[];
}
const text = readFileSync('cloudbuild.yaml', 'utf8');
const build = parse(text) as { substitutions: Record<string, string>; steps: Step[]; images: string[]; options: Record<string, string> }; // prettier-ignore
const { steps, substitutions, images, options } = build;
const readme = readFileSync('infra/README.md', 'utf8');
const { scripts, devDependencies } = JSON.parse(readFileSync('package.json', 'utf8')) as Record<string, Record<string, string>>; // prettier-ignore
const scriptOf = (id: string) => steps.find((step) => step.id === id)!.args.at(-1)!;

/** Which steps are done before another. */
function before(id: string): string[] {
  const at = steps.findIndex((step) => step.id === id);
  const waits = steps[at]!.waitFor ?? steps.slice(0, at).map((step) => step.id);
  return waits.filter((each) => each !== '-').flatMap((each) => [each, ...before(each)]);
}

describe('cloudbuild.yaml', () => {
  it('checks and builds before it pushes, and pushes before it deploys', () => {
    expect(steps.map(({ id }) => id)).toEqual(['check', 'build', 'push', 'roll-out']);
    expect(before('push')).toEqual(['check', 'build']);
    expect(before('roll-out')).toEqual(['push', 'check', 'build']);
  });

  it('names every tool with its version', () => {
    for (const { name } of steps) expect(name).toMatch(/:\d+\.\d+\.\d+[\w.-]*(@sha256:[0-9a-f]{64})?$/);
    expect(text).not.toMatch(/:latest/);
  });

  it('deploys with the version of Pulumi that the program is written for', () => {
    const { name } = steps.find(({ id }) => id === 'roll-out')!;
    expect(name).toBe(`pulumi/pulumi:${devDependencies!['@pulumi/pulumi']}.0`);
  });

  it('declares each substitution it uses, uses each that it declares, and explains each', () => {
    const google = ['COMMIT_SHA'];
    const used = new Set(
      [...text.matchAll(/\$\{(\w+)\}/g)].map(([, name]) => name!).filter((name) => name !== '_NAME'),
    );
    const own = [...used].filter((name) => !google.includes(name));
    expect(own.toSorted()).toEqual(Object.keys(substitutions).toSorted());
    for (const name of own) {
      expect(text, name).toMatch(new RegExp(`^  ${name}: .* # .+`, 'm'));
      expect(readme, name).toContain(`\`${name}\``);
    }
    // A shell's own variables have two dollars, or Cloud Build would look for them: https://cloud.google.com/build/docs/configuring-builds/substitute-variable-values
    for (const { args } of steps)
      expect(args.join('\n').replace(/\$\{_?[A-Z]+(_[A-Z]+)*\}|\$\(/g, '')).not.toMatch(
        /(?<!\$)\$[A-Za-z_{]/,
      );
  });

  it('runs commands that are there', () => {
    const called = [...scriptOf('check').matchAll(/npm run (\S+)/g)].map(([, name]) => name!);
    for (const name of [...called, 'test', 'infra']) expect(scripts).toHaveProperty(name);
    for (const file of ['services/Dockerfile', 'infra/rollout.sh']) {
      expect(text).toContain(file);
      expect(existsSync(file), file).toBe(true);
    }
    expect(readFileSync('infra/rollout.sh', 'utf8')).toContain('npm run -s infra -- ');
  });

  it('deploys the digest of what it pushed, and has its provenance written', () => {
    expect(scriptOf('push')).toContain("docker inspect --format '{{index .RepoDigests 0}}'");
    expect(scriptOf('roll-out')).toContain('$(cat /workspace/image.txt)');
    expect(scriptOf('push')).toContain(images[0]);
    expect(scriptOf('build')).toContain(images[0]);
    expect(options.requestedVerifyOption).toBe('VERIFIED');
  });

  it('hands the Dockerfile the bases that it names', () => {
    const dockerfile = readFileSync('services/Dockerfile', 'utf8');
    for (const name of ['BUILD_BASE', 'RUN_BASE']) {
      expect(dockerfile).toContain(`ARG ${name}=${substitutions[`_${name}`]}`);
      expect(scriptOf('build')).toContain(`--build-arg "${name}=\${_${name}}"`);
    }
  });
});
