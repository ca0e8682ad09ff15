import type { Command } from 'commander';
import { addAuth } from './auth.ts';
import { addDoctor } from './doctor.ts';
import { addLink } from './link.ts';
import { addProducts } from './products.ts';
import { addReport } from './report.ts';
import type { Here } from './screen.ts';
import { addTikTok } from './tiktok.ts';

/** The TikTok Shop tools. */
export function addLinkShare(program: Command, here: Here): void {
  for (const add of [addAuth, addLink, addReport, addProducts, addTikTok, addDoctor]) add(program, here);
}
