import type { Connection } from 'mysql2/promise';
import type { Round } from '../round/round.ts';

/** Opens a connection of the admin that is shown everybody's connections and transactions; closed with the round. */
export async function connectToLook({ system, flavour, installation }: Round): Promise<Connection> {
  const server = await system.databaseServer(flavour);
  const { username } = new URL(installation.database.adminUrl);
  await server.runAsRoot([`GRANT PROCESS ON *.* TO '${username}'@'%'`]);
  return installation.connect();
}
