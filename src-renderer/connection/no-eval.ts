/**
 * Imported before any schema is made: zod would try whether it may compile functions, and the page's content
 * security policy would report the try.
 */
import { config } from 'zod';

config({ jitless: true });
