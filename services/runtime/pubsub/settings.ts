import { z } from 'zod';
import type { Bus } from '../bus.ts';
import { text } from '../config.ts';
import { createPubSubBus } from './bus.ts';
import { openPublisher, publishers } from './open.ts';

/** What the environment says of Pub/Sub. A topic is named alone, or whole as projects/PROJECT/topics/NAME. */
export const pubSubSettings = {
  GOOGLE_CLOUD_PROJECT: text,
  CONVERSIONS_TOPIC: text.default('conversions'),
  QUARANTINE_TOPIC: text.default('quarantine'),
  REFUSED_TOPIC: text.default('refused'),
  PUBLISHER: z.enum(publishers).default('grpc'),
  PUBSUB_EMULATOR_HOST: text.optional(),
};

/** Opens the topics of a project. */
export async function openPubSubBus(config: z.output<z.ZodObject<typeof pubSubSettings>>): Promise<Bus> {
  const topic = (name: string) =>
    name.includes('/') ? name : `projects/${config.GOOGLE_CLOUD_PROJECT}/topics/${name}`;
  return createPubSubBus({
    publisher: await openPublisher(config.PUBLISHER, { emulatorHost: config.PUBSUB_EMULATOR_HOST }),
    topics: {
      conversions: topic(config.CONVERSIONS_TOPIC),
      quarantine: topic(config.QUARANTINE_TOPIC),
      refused: topic(config.REFUSED_TOPIC),
    },
  });
}
