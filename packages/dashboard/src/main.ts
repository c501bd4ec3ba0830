/** Starts the page: theme before the first paint, one picture of the server, one component tree. */
import { mount } from 'svelte';
import App from './App.svelte';
import { useLocale } from './format.ts';
import { Live } from './live.svelte.ts';
import { followTheme } from './theme.svelte.ts';
import { installTips } from './tips.ts';

useLocale(navigator.language);
followTheme();

const target = document.getElementById('page');
if (!target) throw new Error('The page has no #page to live in.');

const live = new Live(location.origin);
mount(App, { target, props: { live } });
installTips(target.querySelector('main') ?? document.body);
void live.start();
