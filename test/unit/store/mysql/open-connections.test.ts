import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import { describe, it } from 'node:test';
import { OpenConnections } from '../../../../src/store/mysql/open-connections.ts';

/** A connection that says what was done with it last. */
class Connection extends EventEmitter {
  state: 'open' | 'released' | 'destroyed' = 'open';

  release(): void {
    this.state = 'released';
  }

  destroy(): void {
    this.state = 'destroyed';
    this.emit('end');
  }
}

function aPool(): { readonly open: OpenConnections; readonly connect: () => Connection } {
  const pool = new EventEmitter();
  const open = new OpenConnections(pool);
  const connect = () => {
    const connection = new Connection();
    pool.emit('connection', connection);
    return connection;
  };
  return { open, connect };
}

describe('the open connections of a pool', () => {
  it('are given back to it', () => {
    const { open, connect } = aPool();
    const connection = connect();

    open.use(connection);
    open.release(connection);

    assert.equal(connection.state, 'released');
  });

  it('are destroyed when they are given up, those in use once they are released', () => {
    const { open, connect } = aPool();
    const [idle, busy] = [connect(), connect()];
    open.use(busy);

    open.giveUp();
    assert.deepEqual([idle.state, busy.state], ['destroyed', 'open']);

    open.release(busy);
    assert.equal(busy.state, 'destroyed');
  });

  it('stay when they are opened after others were given up', () => {
    const { open, connect } = aPool();
    open.giveUp();
    const later = connect();

    open.use(later);
    open.release(later);

    assert.equal(later.state, 'released');
  });

  it('are destroyed all together, but for those that have ended', () => {
    const { open, connect } = aPool();
    const [ended, idle, busy] = [connect(), connect(), connect()];
    ended.emit('error');
    open.use(busy);

    open.destroy();

    assert.deepEqual([ended.state, idle.state, busy.state], ['open', 'destroyed', 'destroyed']);
  });
});
