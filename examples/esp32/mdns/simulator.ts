/** "name" on a simulator: the computer that it runs on has a name. */
export default function announce(_hostName: string, _port: number): void {}
