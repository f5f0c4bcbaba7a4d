/** `FNST` as a number: what SQLite's header calls the file. */
export const APPLICATION_ID = 0x464e5354;

/**
 * The catalogue, version by version. A released version is never changed, only followed by the next one.
 *
 * What a person decided lies in `decisions` alone, one value for each field of a subject, and every change of it in `journal`.
 * Everything else was read from files and can be read again: `sources`, `files`, `photos` (content, by SHA-256), `faces` (found or drawn,
 * never deleted but by a purge, so that decisions have what to hang on) and `identities` (names that a folder or a person gave; never changed).
 * `face_pairs` are what decisions of two faces hang on, never changed either; `clusterings` are what runs found, of which one is decided to hold.
 */
export const MIGRATIONS: readonly string[] = [
  `
  CREATE TABLE properties (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;

  CREATE TABLE sources (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    folder BLOB NOT NULL UNIQUE,
    layout TEXT NOT NULL CHECK (layout IN ('class-folders', 'lfw', 'vggface2', 'nested', 'flat')),
    is_polled INTEGER NOT NULL CHECK (is_polled IN (0, 1)),
    on_arrival TEXT NOT NULL CHECK (on_arrival IN ('align', 'wait')),
    is_offline INTEGER NOT NULL CHECK (is_offline IN (0, 1)),
    added_at_ms INTEGER NOT NULL
  ) STRICT;

  CREATE TABLE identities (id INTEGER PRIMARY KEY AUTOINCREMENT, label BLOB UNIQUE, name TEXT NOT NULL) STRICT;

  CREATE TABLE photos (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    sha256 BLOB NOT NULL UNIQUE CHECK (length(sha256) = 32),
    work_key BLOB NOT NULL,
    failure_code TEXT,
    failure_message TEXT,
    width_px INTEGER,
    height_px INTEGER,
    conversions TEXT NOT NULL,
    chosen_face_id INTEGER REFERENCES faces (id),
    main_file_id INTEGER REFERENCES files (id),
    revision INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX photos_by_revision ON photos (revision);

  CREATE TABLE files (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    source_id INTEGER NOT NULL REFERENCES sources (id),
    path BLOB NOT NULL,
    size_bytes INTEGER NOT NULL,
    modified_ns INTEGER NOT NULL,
    inode INTEGER NOT NULL,
    device INTEGER NOT NULL,
    is_missing INTEGER NOT NULL CHECK (is_missing IN (0, 1)),
    identity_id INTEGER REFERENCES identities (id),
    photo_id INTEGER REFERENCES photos (id),
    problem_status TEXT CHECK (problem_status IN ('failed', 'skipped')),
    problem_code TEXT,
    problem_message TEXT,
    UNIQUE (source_id, path)
  ) STRICT;
  CREATE INDEX files_by_inode ON files (source_id, inode);
  CREATE INDEX files_by_photo ON files (photo_id);
  CREATE INDEX files_that_wait ON files (source_id, id) WHERE photo_id IS NULL AND problem_status IS NULL AND is_missing = 0;

  CREATE TABLE faces (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    photo_id INTEGER NOT NULL REFERENCES photos (id),
    is_found INTEGER NOT NULL CHECK (is_found IN (0, 1)),
    score REAL NOT NULL,
    left_px REAL NOT NULL,
    top_px REAL NOT NULL,
    right_px REAL NOT NULL,
    bottom_px REAL NOT NULL,
    landmarks BLOB NOT NULL CHECK (length(landmarks) = 80),
    yaw_degrees REAL NOT NULL,
    pitch_degrees REAL NOT NULL,
    roll_degrees REAL NOT NULL,
    crop_key BLOB,
    crop_file TEXT,
    crop_bytes INTEGER,
    crop_sha256 BLOB,
    sharpness REAL,
    exposure REAL
  ) STRICT;
  CREATE INDEX faces_by_photo ON faces (photo_id);

  CREATE TABLE decisions (
    field INTEGER NOT NULL,
    subject INTEGER NOT NULL,
    value ANY NOT NULL,
    PRIMARY KEY (field, subject)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE journal (
    sequence INTEGER PRIMARY KEY,
    at_ms INTEGER NOT NULL,
    who TEXT NOT NULL,
    action TEXT NOT NULL CHECK (action IN ('edit', 'undo', 'redo')),
    kind TEXT NOT NULL,
    label TEXT NOT NULL,
    changes TEXT NOT NULL,
    target INTEGER REFERENCES journal (sequence),
    undone_by INTEGER REFERENCES journal (sequence)
  ) STRICT;
  `,
  // What is done with files that arrive is decided, and lies in `decisions` like everything that is.
  'ALTER TABLE sources DROP COLUMN on_arrival;',
  `
  CREATE TABLE face_pairs (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    face_a INTEGER NOT NULL REFERENCES faces (id),
    face_b INTEGER NOT NULL REFERENCES faces (id),
    CHECK (face_a < face_b),
    UNIQUE (face_a, face_b)
  ) STRICT;
  CREATE INDEX face_pairs_by_second ON face_pairs (face_b);

  CREATE TABLE face_clusters (face_id INTEGER PRIMARY KEY REFERENCES faces (id), cluster INTEGER NOT NULL) STRICT;
  `,
  // A run is one step of the history: its clusters lie in one row, so that undo brings back the one before.
  `
  DROP TABLE face_clusters;

  CREATE TABLE clusterings (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    made_at_ms INTEGER NOT NULL,
    variant TEXT NOT NULL,
    parameters TEXT NOT NULL,
    members BLOB NOT NULL
  ) STRICT;
  `,
];

/** The version that this program writes. */
export const SCHEMA_VERSION = MIGRATIONS.length;
