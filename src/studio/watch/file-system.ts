import { statfs } from 'node:fs/promises';

/** What a watcher must know of the file system that a folder lies on. */
export type FileSystem = {
  /** Whether other machines change it without this one being told. */
  readonly isRemote: boolean;
  /** Whether a file keeps its inode over mounts. */
  readonly hasStableInodes: boolean;
};

/** Linux, `statfs(2)` and `linux/magic.h`. */
const WITH_STABLE_INODES: ReadonlySet<number> = new Set([
  0xef53, // ext2, ext3, ext4
  0x58465342, // XFS
  0x9123683e, // Btrfs
  0x2fc12fc1, // ZFS
  0xca451a4e, // bcachefs
  0xf2f52010, // F2FS
  0x01021994, // tmpfs
  0x6969, // NFS
]);
const REMOTE: ReadonlySet<number> = new Set([
  0x6969, // NFS
  0x517b, // SMB
  0xff534d42, // CIFS
  0xfe534d42, // SMB 2 and 3
  0x65735546, // FUSE: sshfs, rclone, and local ones that cannot be told from them
  0x01021997, // 9P
  0x00c36400, // Ceph
  0x5346414f, // AFS
  0x786f4256, // VirtualBox shared folders
]);

/** Judges by the magic number that `statfs` gives. */
export const fileSystemOf = (type: number, platform: NodeJS.Platform): FileSystem =>
  platform === 'linux'
    ? { isRemote: REMOTE.has(type), hasStableInodes: WITH_STABLE_INODES.has(type) }
    : { isRemote: false, hasStableInodes: true };

/** The file system of a folder. @throws the system's error */
export const readFileSystem = async (folder: string): Promise<FileSystem> =>
  fileSystemOf((await statfs(folder)).type, process.platform);
