// Set-up of every component test.
import '@testing-library/jest-dom/vitest';
