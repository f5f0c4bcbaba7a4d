import { STATUSES, STATUS_NAMES } from '../words/photos.ts';
import { cleanCommands } from './clean-commands.ts';
import type { Command } from './command.ts';
import { clusterCommands } from './cluster-commands.ts';
import { curationCommands } from './curation-commands.ts';
import { evaluateCommands } from './evaluate-commands.ts';
import { keepCommands } from './keep-commands.ts';
import { searchCommands } from './search-commands.ts';
import type { Screen } from './saved-view.ts';
import type { Studio } from './studio.svelte.ts';
import { faceCommands, workspaceCommands } from './workspace-commands.ts';

export type { Command } from './command.ts';

/** A command with the keys that somebody chose for it. */
export type ListedCommand = Command & {
  /** The keys that it has in the program. */
  readonly standardKeys: string | null;
};

/** The name of the key that was pressed as commands write it; null for a key that no command has. */
export const keysOf = (
  event: Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey' | 'altKey' | 'shiftKey'>,
): string => {
  const isCharacter = event.key.length === 1;
  const isLetter = /^\p{L}$/u.test(event.key);
  const key = isLetter ? event.key.toUpperCase() : event.key;
  return [
    event.ctrlKey || event.metaKey ? 'Ctrl' : null,
    event.altKey ? 'Alt' : null,
    // Which sign Shift makes depends on the keyboard: the sign itself is what counts.
    event.shiftKey && (isLetter || !isCharacter) ? 'Shift' : null,
    key,
  ]
    .filter((part) => part !== null)
    .join('+');
};

/** The screens with the keys that lead to them, in the order of the rail. */
const PLACES = [
  ['library', 'Library', 'Ctrl+1'],
  ['clean', 'Clean', 'Ctrl+2'],
  ['clusters', 'Clusters', 'Ctrl+3'],
  ['train', 'Train', 'Ctrl+4'],
  ['evaluate', 'Evaluate', 'Ctrl+5'],
  ['keep', 'Keep', 'Ctrl+9'],
  ['activity', 'Activity', 'Ctrl+7'],
  ['settings', 'Settings', 'Ctrl+8'],
] as const satisfies readonly (readonly [Screen, string, string])[];

const goCommands = (studio: Studio): readonly Command[] =>
  PLACES.map(([screen, name, keys]) => ({
    id: `go-${screen}`,
    label: `Go to ${name}`,
    group: 'Go to',
    keys,
    isAvailable: true,
    run: () => {
      studio.go(screen);
    },
  }));

const photoCommands = (studio: Studio): readonly Command[] => {
  const { source } = studio;
  const job = source === null ? null : studio.jobs.ofSource(source.id);
  const isRunning = job?.state === 'running' || job?.state === 'queued';
  return [
    {
      id: 'open-folder',
      label: 'Open folder…',
      group: 'Photos',
      keys: 'Ctrl+O',
      isAvailable: true,
      run: () => void studio.openFolder(),
    },
    {
      id: 'open-samples',
      label: 'Open the sample photos',
      group: 'Photos',
      keys: null,
      isAvailable: true,
      run: () => void studio.openSamples(),
    },
    {
      id: 'search',
      label: studio.screen === 'settings' ? 'Search settings' : 'Search file names',
      group: 'Photos',
      keys: 'Ctrl+F',
      isAvailable: source !== null || studio.screen === 'settings',
      run: () => {
        if (studio.screen !== 'settings') studio.go('library');
        studio.isPhotoOpen = false;
        studio.searchRequests += 1;
      },
    },
    {
      id: 'cancel-job',
      label: 'Cancel the running job',
      group: 'Photos',
      keys: null,
      isAvailable: isRunning,
      run: () => {
        if (job !== null) void studio.jobs.cancel(job);
      },
    },
    {
      id: 'crop-settings',
      label: `Crop settings of ${source?.name ?? 'source'}…`,
      group: 'Photos',
      keys: null,
      isAvailable: source !== null,
      run: () => {
        if (source !== null) void studio.planSource(source.folder);
      },
    },
    {
      id: 'close-source',
      label: `Close ${source?.name ?? 'source'}`,
      group: 'Photos',
      keys: null,
      isAvailable: source !== null,
      run: () => {
        if (source !== null) void studio.closeSource(source);
      },
    },
  ];
};

const filterCommands = (studio: Studio): readonly Command[] => [
  {
    id: 'filter-none',
    label: 'Show all photos',
    group: 'Filter',
    keys: null,
    isAvailable: studio.isFiltered,
    run: () => {
      studio.clearFilter();
    },
  },
  ...STATUSES.map((status): Command => ({
    id: `filter-${status}`,
    label: `Show only: ${STATUS_NAMES[status]}`,
    group: 'Filter',
    keys: null,
    isAvailable: studio.source !== null,
    run: () => {
      if (studio.source !== null) studio.show(studio.source.id, [status]);
    },
  })),
];

const viewCommands = (studio: Studio): readonly Command[] => {
  const { view } = studio;
  const resize = (steps: number): void => {
    if (studio.workspace === null) view.resizeTiles(steps);
    else view.resizeFaces(steps);
  };
  const toggle = (id: string, label: string, keys: string | null, run: () => void): Command => ({
    ...{ id, label, keys, run },
    group: 'View',
    isAvailable: true,
  });
  return [
    toggle('facets', 'Show or hide filters', 'Ctrl+B', () => {
      studio.toggleFacets();
    }),
    toggle('inspector', 'Show or hide the inspector', 'Ctrl+I', () => {
      studio.toggleInspector();
    }),
    ...(studio.workspace === null
      ? [
          toggle('boxes', 'Show or hide boxes', 'Z', () => {
            view.boxes = !view.boxes;
          }),
          toggle('landmarks', 'Show or hide landmarks', 'L', () => {
            view.landmarks = !view.landmarks;
          }),
          toggle('content', 'Tiles: photos or crops', 'C', () => {
            view.tileContent = view.tileContent === 'photo' ? 'crop' : 'photo';
          }),
        ]
      : []),
    toggle('larger', 'Larger tiles', 'Ctrl+]', () => {
      resize(1);
    }),
    toggle('smaller', 'Smaller tiles', 'Ctrl+[', () => {
      resize(-1);
    }),
    toggle('dark', 'Dark theme', null, () => {
      view.theme = 'dark';
    }),
    toggle('light', 'Light theme', null, () => {
      view.theme = 'light';
    }),
    toggle('system', 'Theme of the system', null, () => {
      view.theme = 'system';
    }),
  ];
};

const allCommands = (studio: Studio): readonly Command[] => [
  ...curationCommands(studio),
  ...cleanCommands(studio),
  ...searchCommands(studio),
  ...workspaceCommands(studio),
  ...keepCommands(studio),
  ...clusterCommands(studio),
  ...evaluateCommands(studio),
  ...(studio.workspace === null
    ? [...photoCommands(studio), ...filterCommands(studio)]
    : faceCommands(studio, studio.workspace)),
  ...goCommands(studio),
  ...viewCommands(studio),
  {
    id: 'palette',
    label: 'Commands',
    group: 'Help',
    keys: 'Ctrl+K',
    isAvailable: true,
    run: () => {
      studio.dialog = 'palette';
    },
  },
  {
    id: 'keys',
    label: 'Keys of this screen',
    group: 'Help',
    keys: '?',
    isAvailable: true,
    run: () => {
      studio.dialog = 'keys';
    },
  },
];

/** Everything that can be done, in the order of the palette, with the keys that somebody chose. */
export const listCommands = (studio: Studio): readonly ListedCommand[] => {
  const chosen = studio.settings.current.keys;
  return allCommands(studio).map((command) => {
    const keys = chosen[command.like ?? command.id];
    return { ...command, keys: keys === undefined ? command.keys : keys, standardKeys: command.keys };
  });
};

/** The command of an id, or that which does the same where somebody is, if it can do anything now. */
export const availableCommand = (studio: Studio, id: string): ListedCommand | null =>
  listCommands(studio).find((command) => (command.like ?? command.id) === id && command.isAvailable) ?? null;

/** The keys of a command; null without any. */
export const keysFor = (studio: Studio, id: string): string | null =>
  listCommands(studio).find((command) => command.id === id)?.keys ?? null;

/** Keys that parts of a screen hear themselves. */
export const SCREEN_KEYS = {
  review: [
    ['← →', 'Previous and next face'],
    ['Page Up  Page Down', 'Ten faces back or on'],
    ['Home  End', 'First and last face'],
    ['Esc', 'Back to the library'],
  ],
  suspects: [
    ['↑ ↓', 'Previous and next suspect'],
    ['Page Up  Page Down', 'Ten suspects back or on'],
    ['Home  End', 'First and last suspect'],
    ['Esc', 'Back to the crop'],
  ],
  found: [
    ['← → ↑ ↓', 'Move'],
    ['Home  End', 'Nearest and farthest face'],
    ['Enter or Space', 'Look for the faces nearest to this one'],
    ['Esc', 'Back to what was sought before'],
  ],
  groups: [
    ['← → ↑ ↓', 'Move'],
    ['Enter or Space', 'Show the faces of the group'],
    ['Ctrl+click', 'Add to the selection'],
    ['Ctrl+wheel', 'Tile size'],
    ['Esc', 'Back to the groups'],
  ],
  pairs: [
    ['← →', 'Previous and next pair'],
    ['Home  End', 'First and last pair'],
    ['Tab', 'The other face'],
    ['Esc', 'Back to the figures'],
  ],
  editor: [
    ['Tab  Shift+Tab', 'Next and previous face'],
    ['← → ↑ ↓', 'Move by a pixel; with Alt by ten'],
    ['Shift+arrows', 'Make the box larger or smaller'],
    ['[  ]', 'Turn by a degree'],
    ['1  to  5', 'Take hold of a landmark: arrows move it'],
    ['Drag a handle', 'Resize; Shift keeps the ratio, Alt leaves the landmarks'],
    ['Drag the knob', 'Turn; Shift by 15 degrees'],
    ['Enter', 'Add the first face that another try found'],
    ['Wheel  +  −  0', 'Zoom, and fit'],
    ['Esc', 'Back to where you were'],
  ],
  grid: [
    ['← → ↑ ↓', 'Move'],
    ['Home  End', 'First and last photo'],
    ['Page Up  Page Down', 'A screen up or down'],
    ['Enter or Space', 'Show large'],
    ['Shift+arrows or click', 'Select a range'],
    ['Ctrl+click', 'Add to the selection'],
    ['Ctrl+A', 'Select all that the filter shows'],
    ['Ctrl+wheel', 'Tile size'],
  ],
  faces: [
    ['← → ↑ ↓', 'Move'],
    ['Home  End', 'First and last face'],
    ['Page Up  Page Down', 'A screen up or down'],
    ['Shift+arrows or click', 'Select a range'],
    ['Ctrl+click', 'Add to the selection'],
    ['Drag', 'Select what is touched; Shift or Ctrl adds to the selection'],
    ['Drag selected faces', 'Move them onto an identity'],
    ['Ctrl+A', 'Select all that the filter shows'],
    ['Click, Shift+click, Alt+click', 'In the left pane: show, show too, leave out'],
    ['F2', 'Rename an identity'],
    ['Ctrl+wheel', 'Tile size'],
  ],
  photo: [
    ['← →', 'Previous and next photo'],
    ['Home  End', 'First and last photo'],
    ['Wheel', 'Zoom at the pointer'],
    ['+  −', 'Zoom'],
    ['0', 'Fit'],
    ['1', 'One pixel of the photo for one of the screen'],
    ['Double click', 'Fit or 100 %'],
    ['F', 'Next face'],
    ['Esc', 'Back to the grid'],
  ],
} as const;
