import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

/** Built files are served by the Python process from "/", under a policy that allows nothing but its own origin. */
export default defineConfig({
  plugins: [react()],
  base: "/",
  server: { port: 5173, proxy: { "/api": "http://127.0.0.1:8039" } },
  build: {
    outDir: "dist",
    emptyOutDir: true,
    // `font-src 'self'` forbids data: addresses, so nothing is inlined into style sheets.
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 700,
    modulePreload: { polyfill: false },
  },
});
