import { Component } from 'preact';
import type { Block } from '../markdown/blocks.ts';

/** One rendered block. An unchanged block is the same object, and costs one comparison however long the answer is. */
export class BlockView extends Component<{ block: Block }> {
  override shouldComponentUpdate(next: { block: Block }): boolean {
    return next.block !== this.props.block;
  }

  override render({ block }: { block: Block }) {
    return <div class="block" dangerouslySetInnerHTML={{ __html: block.html }} />;
  }
}
