import { ComponentResource, type ComponentResourceOptions, type Input } from '@pulumi/pulumi';
import { Bucket } from '@pulumi/gcp/storage/bucket.js';
import { BucketIAMMember } from '@pulumi/gcp/storage/bucketIAMMember.js';
import { BucketObject } from '@pulumi/gcp/storage/bucketObject.js';
import type { Partner } from '../../services/manifest/compile.ts';
import type { StackConfig } from '../config.ts';
import { labelsOf } from '../names.ts';

/** Where commands find them, as a folder. */
export const mountPath = '/files';
export const partnersDir = `${mountPath}/partners`;

/**
 * What operators' commands read, as files: the manifests, since the image holds code only and a variable holds no fifty of them; and under
 * inbox/ what a person puts there, to be imported.
 */
export class Files extends ComponentResource {
  readonly bucket: Bucket;

  constructor(
    name: string,
    { partners, config }: { partners: readonly Partner[]; config: StackConfig },
    options: ComponentResourceOptions,
  ) {
    super('linkshare:infra:Files', name, {}, options);
    const parent = { parent: this };
    this.bucket = new Bucket(
      'files',
      {
        // A bucket's name is one in the world; a project's too.
        name: `${config.project}-linkshare`,
        location: config.region,
        uniformBucketLevelAccess: true,
        publicAccessPrevention: 'enforced',
        // What was imported is in the ledger; a network's file has no business lying about.
        lifecycleRules: [{ action: { type: 'Delete' }, condition: { age: 30, matchesPrefixes: ['inbox/'] } }],
        labels: labelsOf(config),
      },
      parent,
    );
    for (const { id, manifest } of partners)
      new BucketObject(
        `${id}-manifest`,
        {
          bucket: this.bucket.name,
          name: `partners/${id}/manifest.yaml`,
          content: JSON.stringify(manifest),
          contentType: 'application/yaml',
        },
        parent,
      );
    this.registerOutputs();
  }

  /** Lets an account read all of it. */
  readBy(name: string, member: Input<string>): BucketIAMMember {
    return new BucketIAMMember(
      `${name}-files`,
      { bucket: this.bucket.name, role: 'roles/storage.objectViewer', member },
      { parent: this },
    );
  }
}
