/** Installs the packages of package-lock.json, when they are not there. The other programs of infra do it by themselves. */
import { ensureDependencies } from './install/dependencies.mjs';

await ensureDependencies((line) => console.log(line));
