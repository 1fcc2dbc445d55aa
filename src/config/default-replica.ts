/** Names a replica after its host and process: visible ASCII, at most 64 characters, the process id always whole. */
export function defaultReplica(hostName: string, processId: number): string {
  const ending = `-${processId}`;
  return `${hostName.replace(/[^\x21-\x7e]/g, '_').slice(0, 64 - ending.length)}${ending}`;
}
