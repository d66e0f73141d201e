/**
 * Skia's allocator gives pages back to the system a hundredth of a second after their last use, so every frame of a film would fault its
 * pixels in anew: that costs more than painting them. It reads this once, when the library is loaded, so this module is imported first.
 */
process.env["MIMALLOC_PURGE_DELAY"] ??= "3000";
