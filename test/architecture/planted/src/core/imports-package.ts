import { z } from 'zod';
import './other.ts';
export const schema = z.string();
