import { failed } from '../failure.ts';
import { openDatabase, type Database } from './database.ts';
import { APPLICATION_ID, MIGRATIONS, SCHEMA_VERSION } from './schema.ts';

type PragmaRow = { readonly value: number };

const readPragma = (database: Database, name: 'user_version' | 'application_id'): number =>
  database.get<PragmaRow>(`SELECT ${name} AS value FROM pragma_${name}`)?.value ?? 0;

/** The version of the schema in a file; 0 for a new one. */
export const schemaVersion = (database: Database): number => readPragma(database, 'user_version');

/** Everything that the file defines, as text that compares. */
const definitions = (database: Database): string =>
  database
    .all<{ readonly sql: string }>(
      "SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%' ORDER BY name",
    )
    .map(({ sql }) => sql)
    .join('\n');

const runMigrations = (database: Database, migrations: readonly string[], from: number): void => {
  database.transaction(() => {
    for (const migration of migrations.slice(from)) database.exec(migration);
    database.exec(`PRAGMA application_id = ${String(APPLICATION_ID)}`);
    database.exec(`PRAGMA user_version = ${String(migrations.length)}`);
  });
};

const expectedDefinitions = (): string => {
  const model = openDatabase(':memory:', { isReadOnly: false });
  try {
    runMigrations(model, MIGRATIONS, 0);
    return definitions(model);
  } finally {
    model.close();
  }
};

/** @throws a failure for a file of another program, or of a newer version of this one */
export const assertOurs = (database: Database): void => {
  const version = schemaVersion(database);
  const { file } = database;
  if (version > 0 && readPragma(database, 'application_id') !== APPLICATION_ID)
    throw failed(`${file} is not a catalogue of this program: choose another folder.`);
  if (version > SCHEMA_VERSION)
    throw failed(
      `${file} was made by a newer version of this program (catalogue ${String(version)}, this one knows ${String(SCHEMA_VERSION)}): update the program.`,
    );
};

/**
 * Brings a catalogue to this program's version, all steps in one transaction. `backUp` is called before an older one is touched.
 * @throws a failure for a file of another program, of a newer version, or with definitions that are not ours
 */
export const migrate = (database: Database, backUp: () => void): void => {
  assertOurs(database);
  const version = schemaVersion(database);
  const { file } = database;
  if (version < SCHEMA_VERSION) {
    if (database.isReadOnly)
      throw failed(
        `${file} is of an older version: open the workspace for writing once, so that it is brought up to date.`,
      );
    if (version > 0) backUp();
    runMigrations(database, MIGRATIONS, version);
  }
  // A trigger or a view in a file from elsewhere would run with the first statement.
  if (definitions(database) !== expectedDefinitions())
    throw failed(
      `${file} holds tables that this program did not make: restore the newest file of its folder "backups".`,
    );
};
