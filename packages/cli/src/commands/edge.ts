import { Command } from 'commander';
import { edgeKeygenCommand } from './edge-keygen.ts';
import { edgeLinkCommand } from './edge-link.ts';
import { edgePublishCommand } from './edge-publish.ts';
import { edgeStatusCommand } from './edge-status.ts';
import { edgeVerifyCommand } from './edge-verify.ts';

export function edgeCommand(): Command {
  return new Command('edge')
    .description('sites of the edge: sign and publish what they go by, and see how they stand')
    .addCommand(edgeKeygenCommand())
    .addCommand(edgePublishCommand())
    .addCommand(edgeVerifyCommand())
    .addCommand(edgeStatusCommand())
    .addCommand(edgeLinkCommand());
}
